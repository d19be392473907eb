import {
  createContext,
  type ReactNode,
  use,
  useCallback,
  useEffect,
  useMemo,
  useState,
} from 'react';
import { apiErrorOf } from '../api/ask.js';
import { en, type Texts } from './en.js';
import { type Format, makeFormat } from './format.js';
import { type ProblemWords, problemWords } from './problem-words.js';
import type { Problems } from './problems-en.js';

const STORED = 'facedex-language';

/** A language of the page, as in `<html lang>`. */
export type Language = 'en' | 'zh-CN';

/** A language whose texts are there. */
export interface LanguageTexts {
  readonly language: Language;
  readonly texts: Texts;
}

interface Chosen extends LanguageTexts {
  /** Loaded after the first screen. */
  readonly problems: Problems | undefined;
  readonly setLanguage: (language: Language) => void;
  readonly format: Format;
}

const LanguageContext = createContext<Chosen | undefined>(undefined);

export function useLanguage(): Chosen {
  const chosen = use(LanguageContext);
  if (chosen === undefined) throw new Error('expected a LanguageProvider above');
  return chosen;
}

/** The page's texts in the user's language. */
export function useTexts(): Texts {
  return useLanguage().texts;
}

/** Numbers, sizes and times as the user's language writes them. */
export function useFormat(): Format {
  return useLanguage().format;
}

/** What to say of something that went wrong, whatever was thrown. */
export function useProblemWords(): (error: unknown) => ProblemWords {
  const said = useLanguage();
  return (error) => problemWords(apiErrorOf(error).problem, said);
}

interface LanguageProviderProps {
  readonly first: LanguageTexts;
  readonly children: ReactNode;
}

/** Gives all below the texts of the language that is chosen. */
export function LanguageProvider({ first, children }: LanguageProviderProps) {
  const [{ language, texts }, choose] = useState(first);

  const setLanguage = useCallback((next: Language) => {
    localStorage.setItem(STORED, next);
    void loadTexts(next).then(choose);
  }, []);

  const [problems, setProblems] = useState<Problems>();
  useEffect(() => {
    document.documentElement.lang = language;
    let changed = false;
    void loadProblems(language).then((loaded) => {
      if (!changed) setProblems(loaded);
    });
    return () => {
      changed = true;
    };
  }, [language]);

  const chosen = useMemo(
    () => ({ language, texts, problems, setLanguage, format: makeFormat(localeOf(language)) }),
    [language, texts, problems, setLanguage],
  );
  return <LanguageContext value={chosen}>{children}</LanguageContext>;
}

/** The language that was chosen here before, else the browser's, else English. */
export function firstLanguage(): Language {
  const stored = localStorage.getItem(STORED);
  if (stored === 'en' || stored === 'zh-CN') return stored;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
}

/** What is said of the problems; undefined where it can't be had. */
async function loadProblems(language: Language): Promise<Problems | undefined> {
  try {
    if (language === 'zh-CN') return (await import('./problems-zh.js')).problemsZh;
    return (await import('./problems-en.js')).problemsEn;
  } catch {
    return undefined;
  }
}

/** The texts of a language; English ones where the others can't be had. */
export async function loadTexts(language: Language): Promise<LanguageTexts> {
  if (language === 'zh-CN') {
    const loaded = await import('./zh.js').catch(() => undefined);
    if (loaded) return { language, texts: loaded.zh };
  }
  return { language: 'en', texts: en };
}

/** The user's own variety of the language, such as en-GB, for how dates are written. */
function localeOf(language: Language): string {
  const spoken = language.slice(0, 2);
  return navigator.languages.find((one) => one.startsWith(spoken)) ?? language;
}

import {
  createContext,
  type ReactNode,
  use,
  useCallback,
  useEffect,
  useMemo,
  useState,
} from 'react';
import { en, type Texts } from './en.js';
import { type Format, makeFormat } from './format.js';

const STORED = 'facedex-language';

/** A language of the page, as in `<html lang>`. */
export type Language = 'en' | 'zh-CN';

/** A language whose texts are there. */
export interface LanguageTexts {
  readonly language: Language;
  readonly texts: Texts;
}

interface Chosen extends LanguageTexts {
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

  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);

  const chosen = useMemo(
    () => ({ language, texts, setLanguage, format: makeFormat(localeOf(language)) }),
    [language, texts, setLanguage],
  );
  return <LanguageContext value={chosen}>{children}</LanguageContext>;
}

/** The language that was chosen here before, else the browser's, else English. */
export function firstLanguage(): Language {
  const stored = localStorage.getItem(STORED);
  if (stored === 'en' || stored === 'zh-CN') return stored;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
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

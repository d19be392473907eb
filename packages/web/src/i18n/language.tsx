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
import { zh } from './zh.js';

const STORED = 'facedex-language';

/** A language of the page, as in `<html lang>`. */
export type Language = 'en' | 'zh-CN';

const TEXTS: Record<Language, Texts> = { en, 'zh-CN': zh };

interface Chosen {
  readonly language: Language;
  readonly setLanguage: (language: Language) => void;
  readonly texts: Texts;
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

/** The language that was chosen here before, else the browser's, else English. */
export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, choose] = useState<Language>(firstLanguage);

  const setLanguage = useCallback((next: Language) => {
    localStorage.setItem(STORED, next);
    choose(next);
  }, []);

  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);

  const chosen = useMemo(
    () => ({ language, setLanguage, texts: TEXTS[language], format: makeFormat(language) }),
    [language, setLanguage],
  );
  return <LanguageContext value={chosen}>{children}</LanguageContext>;
}

function firstLanguage(): Language {
  const stored = localStorage.getItem(STORED);
  if (stored === 'en' || stored === 'zh-CN') return stored;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
}

import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

/** A quiet slate in place of Mantine's neutral dark greys. */
const dark: MantineColorsTuple = [
  '#d5d8df',
  '#b4b9c4',
  '#9aa0ad',
  '#6b7180',
  '#454a56',
  '#363a44',
  '#2a2d35',
  '#202329',
  '#191b20',
  '#121317',
];

export const theme = createTheme({
  colors: { dark },
  primaryColor: 'indigo',
  primaryShade: { light: 8, dark: 7 },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily:
    'Inter, "Segoe UI", system-ui, -apple-system, Roboto, "Noto Sans", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Micro Hei", sans-serif',
  headings: {
    fontWeight: '600',
    textWrap: 'balance',
    sizes: { h1: { fontSize: '1.375rem' }, h2: { fontSize: '1.0625rem' } },
  },
});

/** Greys that keep a contrast of 4.5 on their grounds, which Mantine's own don't (WCAG AA). */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#5c636e',
    '--mantine-color-placeholder': '#6d747e',
    '--mantine-color-error': '#c92a2a',
    '--facedex-ground': '#f6f7f9',
    '--facedex-line': '#e3e6ea',
    '--facedex-good': '#087f5b',
    '--facedex-good-ground': '#e6fcf5',
    '--facedex-plain-ground': '#eef0f3',
  },
  dark: {
    '--mantine-color-dimmed': '#a3a9b6',
    '--mantine-color-placeholder': '#8b92a0',
    '--mantine-color-error': '#ff8787',
    '--mantine-color-indigo-light': 'rgba(92, 124, 250, 0.18)',
    '--mantine-color-indigo-light-hover': 'rgba(92, 124, 250, 0.26)',
    '--mantine-color-indigo-light-color': '#bac8ff',
    '--facedex-ground': '#191b20',
    '--facedex-line': '#31353e',
    '--facedex-good': '#63e6be',
    '--facedex-good-ground': '#12352c',
    '--facedex-plain-ground': '#2a2d35',
  },
});

/**
 * Colours of the pictures: the three accents are Okabe and Ito's blue, green and vermilion, which
 * people with any colour blindness can tell apart (jfly.uni-koeln.de/color); words say the same.
 */
export const COLOURS = {
  page: '#f3f4f6',
  card: '#ffffff',
  edge: '#dfe3e8',
  ink: '#17202a',
  muted: '#5d6875',
  placeholder: '#e8ebef',
  query: '#0072b2',
  known: '#008a64',
  unknown: '#d55e00',
} as const;

/**
 * A text as it is compared in any case, by all of Unicode's rules, where SQLite's `lower` knows A to Z
 * only. By way of lower case, so that ẞ becomes SS too; wide and joined letters (Ａ, ﬁ) become plain.
 */
export function foldCase(text: string): string {
  return text.normalize('NFKC').toLowerCase().toUpperCase();
}

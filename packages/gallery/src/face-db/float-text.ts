/** Most float32 values need this many digits, so the search for the shortest begins here. */
const USUAL_DIGITS = 8;
/** Enough for every float32 (IEEE 754, 24-bit significand). */
const MAX_DIGITS = 9;

/** A float32 as the shortest decimal that reads back as the same float32. */
export function floatText(value: number): string {
  let digits = USUAL_DIGITS;
  if (readsBack(value, digits)) {
    while (digits > 1 && readsBack(value, digits - 1)) {
      digits--;
    }
  } else {
    digits = MAX_DIGITS;
  }
  return String(Number(value.toPrecision(digits)));
}

function readsBack(value: number, digits: number): boolean {
  return Math.fround(Number(value.toPrecision(digits))) === value;
}

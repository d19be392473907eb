import type { Box } from './geometry.js';

/**
 * Where a region of the upright photo lies in the photo as it is stored, by its EXIF orientation
 * (EXIF 2.3, tag 0x0112; 1…8, anything else counts as upright).
 */
export function storedRegion(
  { x, y, width, height }: Box,
  stored: { readonly width: number; readonly height: number; readonly orientation: number },
): Box {
  const { orientation } = stored;
  const turned = orientation >= 5 && orientation <= 8;
  // From the region's far edges to the upright photo's.
  const right = (turned ? stored.height : stored.width) - x - width;
  const below = (turned ? stored.width : stored.height) - y - height;
  if (turned) {
    return {
      x: orientation === 5 || orientation === 6 ? y : below,
      y: orientation === 5 || orientation === 8 ? x : right,
      width: height,
      height: width,
    };
  }
  return {
    x: orientation === 2 || orientation === 3 ? right : x,
    y: orientation === 3 || orientation === 4 ? below : y,
    width,
    height,
  };
}

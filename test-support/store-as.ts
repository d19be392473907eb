import sharp from 'sharp';

/**
 * A picture as a camera held in that way stores it: the inverse of what the EXIF orientation asks
 * for, and the tag. Losslessly, as PNG.
 */
export async function storeAs(orientation: number, upright: Buffer): Promise<Buffer> {
  const turns = [0, 0, 180, 180, 90, 270, 270, 90][orientation - 1]!;
  const mirrored = [2, 4, 5, 7].includes(orientation);
  // Two steps, since sharp mirrors before it turns whatever the order of the calls.
  const turned = await sharp(upright).rotate(turns).png().toBuffer();
  const stored = mirrored ? sharp(turned).flop() : sharp(turned);
  const pixels = await stored.png().toBuffer();
  return sharp(pixels).withMetadata({ orientation }).png().toBuffer();
}

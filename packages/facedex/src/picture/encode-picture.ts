import type { Canvas } from '@napi-rs/canvas';
import sharp from 'sharp';
import type { PictureFormat } from './picture-format.js';

/** The bytes of a picture file that shows an opaque canvas. */
export async function encodePicture(canvas: Canvas, format: PictureFormat): Promise<Uint8Array> {
  const { width, height } = canvas;
  const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
  const image = sharp(data, { raw: { width, height, channels: 4 } }).removeAlpha();
  switch (format) {
    case 'jpeg':
      // Full colour resolution: halved, it smears thin coloured lines, which is what boxes are.
      return image.jpeg({ quality: 90, chromaSubsampling: '4:4:4' }).toBuffer();
    case 'png':
      return image.png().toBuffer();
    case 'webp':
      return image.webp({ quality: 90, smartSubsample: true }).toBuffer();
  }
}

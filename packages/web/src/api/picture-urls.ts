/** Where a face's picture is: the head as it is in the photo, `side` pixels square. */
export function facePicture(gallery: string, face: number, side = 160): string {
  return `/v1/galleries/${gallery}/faces/${face}/picture?side=${side}`;
}

/** Where a photo's picture is, its longest side `side` pixels. */
export function photoPicture(gallery: string, photo: string, side = 1024): string {
  return `/v1/galleries/${gallery}/photos/${photo}/picture?side=${side}`;
}

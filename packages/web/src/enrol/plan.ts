/** A file that was dropped or chosen, with its path below what was dropped: `photos/Ada/1.jpg`. */
export interface PickedFile {
  readonly file: File;
  readonly path: string;
}

/** A photo to enrol. */
export interface PlannedPhoto extends PickedFile {
  /** Who is in it; undefined: nobody says. */
  readonly person: string | undefined;
}

/** What enrolling the picked files would do. */
export interface Plan {
  readonly photos: readonly PlannedPhoto[];
  /** Names in the order of their first photo. */
  readonly people: readonly string[];
  /** Files that are no photos. */
  readonly ignored: number;
}

const PHOTO = /\.(jpe?g|jfif|png|webp|gif|tiff?|avif|heic|heif|bmp)$/i;

/**
 * Who is in which photo, by the folders: of a folder with sub-folders each sub-folder is a person, and
 * photos at its top are nobody's, as `facedex index` has it; a folder without sub-folders is a
 * person itself.
 *
 * @param options.foldersArePeople - false: folders name nobody, as in an album.
 */
export function planEnrolment(
  files: readonly PickedFile[],
  { foldersArePeople }: { foldersArePeople: boolean },
): Plan {
  const picked = files.filter(({ path }) => isPhoto(path));
  const withSubfolders = new Set(
    picked
      .map(({ path }) => path.split('/'))
      .flatMap(([top, ...rest]) => (rest.length > 1 ? [top] : [])),
  );
  const photos = picked
    .map((file) => ({ ...file, person: foldersArePeople ? personOf(file.path) : undefined }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  return {
    photos,
    people: [...new Set(photos.flatMap(({ person }) => person ?? []))],
    ignored: files.length - picked.length,
  };

  function personOf(path: string): string | undefined {
    const [top, ...rest] = path.split('/');
    if (rest.length === 0) return undefined;
    return withSubfolders.has(top) ? (rest.length > 1 ? rest[0] : undefined) : top;
  }
}

function isPhoto(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return PHOTO.test(name) && !name.startsWith('.');
}

/** The two JSON files in which faces are exchanged. */
export interface FaceDbFiles {
  /** `[[path of the photo, [numbers of the embedding]], …]`: every face, in the order of their ids. */
  faceDbPath: string;
  /** `{person: [[file name of the photo, [numbers of the embedding]], …], …}`: faces with a name. */
  personPath?: string;
}

export const presentPerson: any = undefined;
export const presentFace: any = undefined;
export const presentPhoto: any = undefined;
export const presentGallery: any = undefined;

export const enrolPhoto: any = undefined;
export const enrolPhotos: any = undefined;

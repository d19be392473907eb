export const sendPicture: any = undefined;

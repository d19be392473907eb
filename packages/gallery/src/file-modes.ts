// Faces are biometric data: what a gallery writes is for its user alone.
export const FILE_MODE = 0o600;
export const DIRECTORY_MODE = 0o700;

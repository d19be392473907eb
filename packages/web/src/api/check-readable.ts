import { ApiError } from './ask.js';

/**
 * Begins to read a file before it is sent: a request with one that the browser can't read fails as if the
 * service didn't answer.
 *
 * @throws {ApiError} `UNREADABLE_FILE`, such as of a folder, or of a file that was moved or changed since.
 */
export async function checkReadable(file: Blob): Promise<void> {
  const reader = file.stream().getReader();
  try {
    await reader.read();
    await reader.cancel();
  } catch (reason) {
    throw new ApiError({
      type: 'urn:facedex:error:UNREADABLE_FILE',
      title: 'The browser cannot read the file.',
      status: 0,
      code: 'UNREADABLE_FILE',
      detail: String(reason),
    });
  }
}

/** The platforms that a package with the compiled addon exists for. */
export const PREBUILT_PLATFORMS = [
  'linux-x64-gnu',
  'linux-x64-musl',
  'linux-arm64-gnu',
  'darwin-arm64',
];

/** The name of the package with the compiled addon for this platform; undefined without one. */
export function prebuiltPackage(): string | undefined {
  const libc = process.platform === 'linux' ? [isMusl() ? 'musl' : 'gnu'] : [];
  const platform = [process.platform, process.arch, ...libc].join('-');
  return PREBUILT_PLATFORMS.includes(platform) ? `@facedex/faiss-${platform}` : undefined;
}

/** Node's report has the version of glibc where Node runs on it. */
function isMusl(): boolean {
  const { header } = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return header?.glibcVersionRuntime === undefined;
}

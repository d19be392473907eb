import { FaissError, type FaissErrorCode } from '@facedex/faiss';
import { GalleryError, type GalleryErrorCode } from '@facedex/gallery';
import { PipelineError, type PipelineErrorCode } from '@facedex/pipeline';
import { FacedexError, type FacedexErrorCode } from './facedex-error.js';

/** Every code that facedex's packages throw. */
export type ErrorCode = FaissErrorCode | GalleryErrorCode | PipelineErrorCode | FacedexErrorCode;

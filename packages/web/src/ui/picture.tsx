import { useQuery } from '@tanstack/react-query';
import { ImageOff, UserRound } from 'lucide-react';
import { useState } from 'react';
import { ApiError, apiErrorOf } from '../api/ask.js';
import { useSession } from '../api/session.js';
import { useTexts } from '../i18n/language.js';
import classes from './picture.module.css';
import { useObjectUrl } from './use-object-url.js';

interface PictureProps {
  /** A picture of the service; none: there is nothing to show. */
  readonly src: string | undefined;
  /** Empty where the name stands beside it. */
  readonly alt: string;
  /** `face`: a square that the picture fills; `photo`: the picture's own shape, within its frame. */
  readonly kind: 'face' | 'photo';
  /** Pixels; none: as wide as its place. */
  readonly size?: number;
  readonly onSize?: (size: { width: number; height: number }) => void;
}

/**
 * A picture of the service. With a key it is fetched with it, since an `<img>` can't send one.
 */
export function Picture({ src, alt, kind, size, onSize }: PictureProps) {
  const t = useTexts();
  const { key } = useSession();
  const fetched = useFetchedPicture(src, key);
  const [broken, setBroken] = useState<string>();
  const shown = key === undefined ? src : fetched.url;
  const missing = src === undefined || fetched.failed || (shown !== undefined && broken === shown);
  const Icon = kind === 'face' ? UserRound : ImageOff;
  return (
    <span className={classes.frame} data-kind={kind} style={{ width: size, height: size }}>
      {missing ? (
        <span className={classes.missing} role="img" aria-label={alt || t.common.noPicture}>
          <Icon size={kind === 'face' ? '45%' : 28} strokeWidth={1.5} aria-hidden />
          {kind === 'photo' && <span>{t.common.noPicture}</span>}
        </span>
      ) : (
        shown !== undefined && (
          <img
            src={shown}
            alt={alt}
            loading="lazy"
            decoding="async"
            draggable={false}
            onError={() => setBroken(shown)}
            onLoad={({ currentTarget: image }) =>
              onSize?.({ width: image.naturalWidth, height: image.naturalHeight })
            }
          />
        )
      )}
    </span>
  );
}

/** A blob: URL of the picture, fetched with the key, for as long as it is shown. */
function useFetchedPicture(src: string | undefined, key: string | undefined) {
  const { data, isError } = useQuery({
    queryKey: ['picture', src],
    queryFn: ({ signal }) => fetchPicture(src!, { key: key!, signal }),
    enabled: src !== undefined && key !== undefined,
    staleTime: 300_000,
    gcTime: 60_000,
  });
  return { url: useObjectUrl(data), failed: isError };
}

async function fetchPicture(src: string, { key, signal }: { key: string; signal: AbortSignal }) {
  const response = await fetch(src, { headers: { authorization: `Bearer ${key}` }, signal });
  if (!response.ok) throw new ApiError({ ...apiErrorOf('').problem, status: response.status });
  return response.blob();
}

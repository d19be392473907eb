import { form } from '@facedex/client';
import { Loader, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ask } from '../api/ask.js';
import { checkReadable } from '../api/check-readable.js';
import { useClient } from '../api/session.js';
import { useTexts } from '../i18n/language.js';
import { useGalleryName } from '../shell/gallery-context.js';
import { FaceBoxes } from '../ui/face-boxes.js';
import { PageHeader } from '../ui/page-header.js';
import { Panel } from '../ui/panel.js';
import { PictureDrop } from '../ui/picture-drop.js';
import { ProblemState } from '../ui/problem-state.js';
import { useObjectUrl } from '../ui/use-object-url.js';
import { usePaste } from '../ui/use-paste.js';
import { VerifyResult } from './verify-result.js';
import classes from './verify-view.module.css';

const SIDES = ['a', 'b'] as const;
type Side = (typeof SIDES)[number];

interface Pair {
  readonly files: Partial<Record<Side, File>>;
  /** Tells pairs apart whose files have the same names. */
  readonly number: number;
}

/** Do two pictures show the same person? */
export function VerifyView() {
  const t = useTexts();
  const client = useClient();
  const gallery = useGalleryName();
  const [{ files, number }, setPair] = useState<Pair>({ files: {}, number: 0 });
  const { a, b } = files;
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: [gallery, 'verify', number],
    queryFn: async ({ signal }) => {
      await Promise.all([a!, b!].map(checkReadable));
      return ask(client.POST('/v1/verify', { ...form({ gallery, a: a!, b: b! }), signal }));
    },
    enabled: a !== undefined && b !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });

  const take = (side: Side, file: File) =>
    setPair((last) => ({ files: { ...last.files, [side]: file }, number: last.number + 1 }));
  usePaste((file) => take(a === undefined ? 'a' : 'b', file));

  return (
    <>
      <PageHeader title={t.verify.title} text={t.verify.text} />
      <Stack>
        <div className={classes.sides}>
          {SIDES.map((side) => (
            <VerifySide
              key={side}
              label={side === 'a' ? t.verify.first : t.verify.second}
              file={files[side]}
              box={data?.[side]?.box}
              onFile={(file) => take(side, file)}
            />
          ))}
        </div>
        {error ? (
          <Panel>
            <ProblemState error={error} onRetry={() => void refetch()} />
          </Panel>
        ) : data ? (
          <VerifyResult result={data} />
        ) : (
          <Panel>
            <Text size="sm" c="dimmed" ta="center" role="status">
              {isFetching && <Loader size={14} mr={8} aria-hidden />}
              {isFetching ? t.verify.comparing : t.verify.waiting}
            </Text>
          </Panel>
        )}
      </Stack>
    </>
  );
}

interface VerifySideProps {
  readonly label: string;
  readonly file: File | undefined;
  readonly box: { x: number; y: number; width: number; height: number } | undefined;
  readonly onFile: (file: File) => void;
}

function VerifySide({ label, file, box, onFile }: VerifySideProps) {
  const url = useObjectUrl(file);
  return (
    <PictureDrop label={label} onFile={onFile} hint={label}>
      {file && (
        <div className={classes.picture}>
          <FaceBoxes src={url} alt={label} boxes={box ? [box] : []} maxHeight={320} />
        </div>
      )}
    </PictureDrop>
  );
}

import { notifications } from '@mantine/notifications';
import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query';
import { flushSync } from 'react-dom';
import { useGalleryName } from '../shell/gallery-context.js';
import { useProblemNotice } from '../ui/use-problem-notice.js';
import { type ApiError, apiErrorOf } from './ask.js';

interface ChangeOptions<Data> {
  /** What to say when it is done. */
  readonly done?: (data: Data) => string;
  readonly onDone?: (data: Data) => void;
  /** Handles some errors in place; answers whether it did. Others are shown as a notice. */
  readonly onRefused?: (error: ApiError) => boolean;
}

/**
 * A change of the gallery that is open: after it, everything shown of the gallery is loaded anew,
 * since a name or a deletion shows in nearly every view. So it is after one that failed: it may be
 * half done, or somebody else was faster.
 */
export function useChange<Variables, Data>(
  change: (variables: Variables) => Promise<Data>,
  { done, onDone, onRefused }: ChangeOptions<Data> = {},
): UseMutationResult<Data, Error, Variables> {
  const notice = useProblemNotice();
  const queries = useQueryClient();
  const gallery = useGalleryName();
  return useMutation({
    mutationFn: change,
    onSuccess: (data) => {
      // A view that this leaves is gone before its data is asked for once more: its person may be.
      if (onDone) flushSync(() => onDone(data));
      if (done) notifications.show({ message: done(data), color: 'teal' });
    },
    onError: (reason) => {
      const error = apiErrorOf(reason);
      if (!onRefused?.(error)) notice(error);
    },
    onSettled: () => void queries.invalidateQueries({ queryKey: [gallery] }),
  });
}

import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { flushSync } from 'react-dom';
import { useGalleryName } from '../shell/gallery-context.js';
import { useProblemNotice } from '../ui/use-problem-notice.js';
import { type ApiError, apiErrorOf } from './ask.js';

interface ChangeOptions<Variables, Data> {
  /** What to say when it is done. */
  readonly done?: (data: Data) => string | undefined;
  /** Not called where the user has left meanwhile: an answer leads nobody away from another view. */
  readonly onDone?: (data: Data) => void;
  /** Handles some errors in place; answers whether it did. Others are shown as a notice. */
  readonly onRefused?: (error: ApiError, variables: Variables) => boolean;
}

export interface Change<Variables> {
  /** Does nothing while the last one is under way, as on the second half of a double click. */
  readonly mutate: (variables: Variables) => void;
  readonly isPending: boolean;
}

/**
 * A change of the gallery that is open: after it, everything shown of the gallery is loaded anew,
 * since a name or a deletion shows in nearly every view. So it is after one that failed: it may be
 * half done, or somebody else was faster.
 */
export function useChange<Variables, Data>(
  change: (variables: Variables) => Promise<Data>,
  { done, onDone, onRefused }: ChangeOptions<Variables, Data> = {},
): Change<Variables> {
  const notice = useProblemNotice();
  const queries = useQueryClient();
  const gallery = useGalleryName();
  // The result's isPending is told later, in time for what is shown but not for a second click.
  const busy = useRef(false);
  const here = useRef(false);
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
    };
  }, []);
  const { mutate, isPending } = useMutation({
    mutationFn: change,
    onSuccess: (data) => {
      // A view that this leaves is gone before its data is asked for once more: its person may be.
      if (onDone && here.current) flushSync(() => onDone(data));
      const message = done?.(data);
      if (message !== undefined) notifications.show({ message, color: 'teal' });
    },
    onError: (reason, variables) => {
      const error = apiErrorOf(reason);
      if (!here.current || !onRefused?.(error, variables)) notice(error);
    },
    onSettled: () => {
      busy.current = false;
      void queries.invalidateQueries({ queryKey: [gallery] });
    },
  });
  return {
    mutate: (variables) => {
      if (busy.current) return;
      busy.current = true;
      mutate(variables);
    },
    isPending,
  };
}

import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Notice } from '../../../ui/feedback/notice.tsx';
import { Skeleton } from '../../../ui/feedback/state-frame.tsx';

/** What a preview shows until its bytes are there, or when they cannot be shown. */
export function PreviewState<T>({ of, children }: { of: UseQueryResult<T>; children(data: T): ReactNode }) {
  if (of.data !== undefined) return children(of.data);
  if (of.error !== null) return <Notice tone="bad">{of.error.message}</Notice>;
  return <Skeleton rows={6} />;
}

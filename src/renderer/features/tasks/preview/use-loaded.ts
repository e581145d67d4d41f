import { useQuery } from '@tanstack/react-query';
import type { Artifact } from '../../../../contract/automation/artifacts.ts';

/** What a preview reads of an artifact, which never changes; forgotten a while after it was closed. */
export function useLoaded<T>(artifact: Artifact, how: string, load: (signal: AbortSignal) => Promise<T>) {
  return useQuery({
    queryKey: ['preview', artifact.id, how],
    queryFn: ({ signal }) => load(signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 30_000,
    retry: false,
  });
}

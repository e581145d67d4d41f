/** TanStack Query over the client: one shape of key for every query. */
import {
  type InfiniteData,
  QueryClient,
  type UseQueryResult,
  useInfiniteQuery,
  useMutation,
  useQuery,
} from '@tanstack/react-query';
import type { CallIdOf, Operations } from '../../../contract/index.ts';
import type { InputOf, OutputOf } from '../../../contract/kernel/define.ts';
import { AppError, toAppError } from '../../../contract/kernel/errors.ts';
import type { Page } from '../../../contract/kernel/paging.ts';
import { useClient, useClientStatus } from '../client/context.tsx';

/** Answer of operation `K`. */
export type Answer<K extends CallIdOf> = OutputOf<Operations[K]>;
/** Input of operation `K`. */
export type Input<K extends CallIdOf> = InputOf<Operations[K]>;

/** Key of a query: the operation, its input, and how it is paged. */
export function keyOf<K extends CallIdOf>(op: K, input: Input<K>): readonly [K, Input<K>] {
  return [op, input];
}

/** The cache. Data stays fresh until an event says otherwise, so nothing is fetched again on focus or by timer. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        // Live tasks grow: what no screen shows any more is soon larger than what it takes to ask again.
        gcTime: 2 * 60_000,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        retry: false,
        networkMode: 'always',
      },
      mutations: { networkMode: 'always', retry: false },
    },
  });
}

/** Options that screens may set on a query. */
export interface QueryOptions {
  enabled?: boolean;
  /** Keeps showing the last answer while the next one, with another input, is on its way. */
  keep?: boolean;
  /** Ms; only for facts that no event announces. */
  refetchInterval?: number;
  refetchOnFocus?: boolean;
}

/** While the host is gone nothing is asked: what is shown stays, and what is new waits for it. */
export const useCanAsk = (): boolean => useClientStatus().phase !== 'offline';

/** Asks the host once and again whenever the live cache says that the answer changed. */
export function useOperationQuery<K extends CallIdOf>(
  op: K,
  input: Input<K>,
  options: QueryOptions = {},
): UseQueryResult<Answer<K>, AppError> {
  const client = useClient();
  const canAsk = useCanAsk();
  return useQuery<Answer<K>, AppError>({
    queryKey: keyOf(op, input),
    queryFn: ({ signal }) => client.call(op, input, { signal }),
    enabled: canAsk && (options.enabled ?? true),
    ...(options.keep ? { placeholderData: (previous: Answer<K> | undefined) => previous as never } : {}),
    ...(options.refetchInterval === undefined ? {} : { refetchInterval: options.refetchInterval }),
    ...(options.refetchOnFocus ? { refetchOnWindowFocus: 'always' as const } : {}),
  });
}

/** Ids of operations that answer with a page. */
export type ListIdOf = { [K in CallIdOf]: Answer<K> extends Page<unknown> ? K : never }[CallIdOf];
/** One row of list operation `K`. */
export type RowOf<K extends ListIdOf> = Answer<K>['items'][number];

/** A list of which pages are loaded as they are needed. */
export interface PagedList<K extends ListIdOf> {
  rows: RowOf<K>[];
  /** The rows once there is an answer, be it an empty one. */
  data: RowOf<K>[] | undefined;
  total: number | null;
  dataUpdatedAt: number;
  isPending: boolean;
  isFetching: boolean;
  error: AppError | null;
  hasMore: boolean;
  loadMore(): void;
  refetch(): void;
  isPlaceholder: boolean;
}

/** Whether it is known that a list has no rows. */
export const isEmpty = ({
  rows,
  isPending,
  error,
}: Pick<PagedList<ListIdOf>, 'isPending' | 'error'> & { rows: readonly unknown[] }): boolean =>
  rows.length === 0 && !isPending && error === null;

/** Rows per page. */
export const PAGE_SIZE = 100;

/** Asks for a list page by page. */
export function usePages<K extends ListIdOf>(
  op: K,
  input: Input<K>,
  options: { enabled?: boolean } = {},
): PagedList<K> {
  const client = useClient();
  const canAsk = useCanAsk();
  const asked = { ...input, limit: PAGE_SIZE };
  const query = useInfiniteQuery<
    Page<RowOf<K>>,
    AppError,
    InfiniteData<Page<RowOf<K>>>,
    readonly unknown[],
    string | null
  >({
    queryKey: [op, asked, 'pages'],
    queryFn: ({ pageParam, signal }) =>
      client.call(op, { ...asked, ...(pageParam === null ? { count: true } : { cursor: pageParam }) } as Input<K>, {
        signal,
      }) as Promise<Page<RowOf<K>>>,
    initialPageParam: null,
    getNextPageParam: (last) => last.next_cursor,
    placeholderData: (previous) => previous,
    enabled: canAsk && (options.enabled ?? true),
  });
  const data = query.data?.pages.flatMap((page) => page.items);
  return {
    rows: data ?? [],
    data,
    total: query.data?.pages[0]?.total ?? null,
    dataUpdatedAt: query.dataUpdatedAt,
    isPending: query.isPending,
    isFetching: query.isFetching,
    error: query.error,
    hasMore: query.hasNextPage,
    loadMore: () => {
      if (canAsk && query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage();
    },
    refetch: () => void query.refetch(),
    isPlaceholder: query.isPlaceholderData,
  };
}

/** Options of {@link useAct}. */
export interface ActOptions<K extends CallIdOf> {
  onDone?(answer: Answer<K>, input: Input<K>): void;
  /** Return true when the error has been shown. */
  onError?(error: AppError, input: Input<K>): void;
}

/** A call that changes something. The cache learns of the change from the event stream. */
export function useAct<K extends CallIdOf>(op: K, options: ActOptions<K> = {}) {
  const client = useClient();
  return useMutation<Answer<K>, AppError, Input<K>>({
    mutationFn: (input) => client.call(op, input),
    onSuccess: (answer, input) => options.onDone?.(answer, input),
    onError: (error, input) => options.onError?.(error, input),
  });
}

/** Any thrown value as the error it describes. */
export const asError = (value: unknown): AppError => (value instanceof AppError ? value : toAppError(value));

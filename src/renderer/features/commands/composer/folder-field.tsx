import { Autocomplete } from '@mantine/core';
import { useEffect, useState } from 'react';
import { usePages } from '../../../lib/live/query.ts';

/** The folders that commands are in. They are read page by page, and only once somebody looks for one. */
function useFolders(wanted: boolean): string[] {
  const { rows, hasMore, isFetching, error, loadMore } = usePages('commands_list', {}, { enabled: wanted });
  useEffect(() => {
    if (wanted && hasMore && !isFetching && error === null) loadMore();
  });
  return [...new Set(rows.flatMap(({ folder }) => folder ?? []))].sort();
}

/** A folder that there is, or a new one. */
export function FolderField({
  value,
  error,
  onChange,
}: {
  value: string | null;
  error: string | undefined;
  onChange(folder: string | null): void;
}) {
  const [wanted, setWanted] = useState(false);
  return (
    <Autocomplete
      label="Folder"
      placeholder="none"
      data={useFolders(wanted)}
      value={value ?? ''}
      error={error}
      onFocus={() => setWanted(true)}
      onBlur={() => setWanted(false)}
      onChange={(folder) => onChange(folder.trim() === '' ? null : folder)}
    />
  );
}

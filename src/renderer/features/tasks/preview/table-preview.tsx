import type { Artifact } from '../../../../contract/automation/artifacts.ts';
import { bytes, count, plural } from '../../../lib/format.ts';
import text from '../../../ui/styles/text.module.css';
import { PlainTable } from '../../../ui/table/plain-table.tsx';
import { decodeText, MAX_TABLE, readBytes } from './artifact-bytes.ts';
import css from './preview.module.css';
import { PreviewState } from './preview-state.tsx';
import { useLoaded } from './use-loaded.ts';

/** So many columns share the width of the dialog; more of them get a width of their own and scroll. */
const SHARED = 8;
const COLUMN_PX = 160;

/** CSV or TSV as a table; only the rows in view are drawn. */
export function TablePreview({ artifact }: { artifact: Artifact }) {
  const loaded = useLoaded(artifact, 'table', async (signal) => {
    const [content, { parseTable }] = await Promise.all([
      readBytes(artifact, 0, MAX_TABLE, signal),
      import('./parse-table.ts'),
    ]);
    return parseTable(decodeText(content), artifact.bytes <= MAX_TABLE);
  });
  return (
    <PreviewState of={loaded}>
      {({ columns, rows, cut }) => (
        <>
          <p className={`${text.muted} ${text.small}`}>
            {plural(rows.length, 'row')}, {plural(columns.length, 'column')}
            {cut ? `. The file of ${bytes(artifact.bytes)} has more: download it to see all` : ''}
          </p>
          <div className={css.table}>
            <PlainTable
              label="Content"
              columns={[
                { title: '#', width: 64, numeric: true },
                ...columns.map((title) => (columns.length > SHARED ? { title, width: COLUMN_PX } : { title })),
              ]}
              count={rows.length}
              row={(index) => (
                <tr key={index} aria-rowindex={index + 2}>
                  <td className={`${text.num} ${text.faint}`}>{count(index + 1)}</td>
                  {rows[index]?.map((cell, column) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: The columns of a file never change.
                    <td key={column} title={cell}>
                      {cell}
                    </td>
                  ))}
                </tr>
              )}
            />
          </div>
        </>
      )}
    </PreviewState>
  );
}

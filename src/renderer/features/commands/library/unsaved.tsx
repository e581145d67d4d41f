import { Pencil } from 'lucide-react';
import css from './library.module.css';

/** Mark of a command with text that is not saved. */
export function Unsaved({ what }: { what: string }) {
  return (
    <span className={css.unsaved} role="img" title={what} aria-label={what}>
      <Pencil size={12} aria-hidden />
    </span>
  );
}

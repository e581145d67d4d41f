import css from './profiles.module.css';

/** The colour of a profile. */
export function Swatch({ color }: { color: string }) {
  return <span className={css.swatch} style={{ background: color }} aria-hidden="true" />;
}

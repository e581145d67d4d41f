import css from './profiles.module.css';

export function Swatch({ color }: { color: string }) {
  return <span className={css.swatch} style={{ background: color }} aria-hidden="true" />;
}

import text from '../styles/text.module.css';

/** A line without axes: how a number went. Decoration beside the number itself, so hidden from assistive technology. */
export function Sparkline({
  values,
  tone = 'info',
  width = 72,
  height = 24,
}: {
  values: readonly (number | null)[];
  tone?: 'good' | 'bad' | 'info' | 'idle';
  width?: number;
  height?: number;
}) {
  const known = values.map((value) => value ?? 0);
  const top = Math.max(...known, 0);
  if (known.length < 2 || top === 0) return <svg width={width} height={height} aria-hidden="true" />;
  const x = (index: number) => (index / (known.length - 1)) * (width - 2) + 1;
  const y = (value: number) => height - 2 - (value / top) * (height - 4);
  const points = known.map((value, index) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
  return (
    <svg width={width} height={height} aria-hidden="true" className={text[tone]}>
      <polygon points={`1,${height} ${points} ${width - 1},${height}`} fill="currentColor" opacity="0.12" />
      <polyline points={points} fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinejoin="round" />
    </svg>
  );
}

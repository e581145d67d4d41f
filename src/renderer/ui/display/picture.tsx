/** A picture that others made, shown only when its pixels, once decoded, fit into memory. */
import { useState } from 'react';
import css from './picture.module.css';

/** Pixels of a picture that is shown at most; each of them takes four bytes. */
const MAX_PIXELS = 64_000_000;

/** @param lazy loads when it comes into view */
export function Picture({
  src,
  alt,
  className,
  lazy,
}: {
  src: string | undefined;
  alt: string;
  className?: string | undefined;
  lazy?: boolean;
}) {
  const [found, setFound] = useState<{ src: string | undefined; problem: string | null } | null>(null);
  // A browser knows the size from the head of the file, and decodes a picture only once it can be seen.
  const isKnown = found !== null && found.src === src;
  if (isKnown && found.problem !== null) return <p className={css.problem}>{found.problem}</p>;
  return (
    <img
      className={className}
      src={src}
      alt={alt}
      decoding="async"
      loading={lazy ? 'lazy' : 'eager'}
      style={isKnown ? undefined : { visibility: 'hidden' }}
      onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => {
        const isLarge = naturalWidth * naturalHeight > MAX_PIXELS;
        const size = `${naturalWidth.toLocaleString('en')} × ${naturalHeight.toLocaleString('en')}`;
        setFound({
          src,
          problem: isLarge ? `This picture of ${size} pixels is too large to show. Download it to open it.` : null,
        });
      }}
      onError={() =>
        setFound({ src, problem: 'This picture is damaged or of a kind that this browser does not show.' })
      }
    />
  );
}

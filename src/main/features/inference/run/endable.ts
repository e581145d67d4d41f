/** Generators that end at once when their reader leaves, also while they wait. */

/**
 * By itself a generator that waits takes a `return` only when what it waits for has come.
 * @param end ends what it waits for
 */
export function endable<T, R>(parts: AsyncGenerator<T, R, void>, end: () => void): AsyncGenerator<T, R, void> {
  const leave = parts.return.bind(parts);
  parts.return = (value) => {
    end();
    return leave(value);
  };
  return parts;
}

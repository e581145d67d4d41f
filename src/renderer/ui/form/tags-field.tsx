import { TagsInput, type TagsInputProps } from '@mantine/core';
import { useState } from 'react';

/** A list may be pasted as lines; any other character can be part of an item. */
const SPLIT = ['\n'];

export interface TagsFieldProps
  extends Omit<
    TagsInputProps,
    'value' | 'onChange' | 'defaultValue' | 'searchValue' | 'onSearchChange' | 'splitChars'
  > {
  value: readonly string[];
  onChange(value: string[]): void;
}

/**
 * A list of texts. What is being typed is its last item already, before Enter is pressed: it is sent, and kept, like the others.
 */
export function TagsField({ value, onChange, maxTags = Number.POSITIVE_INFINITY, ...props }: TagsFieldProps) {
  const [typed, setTyped] = useState('');
  const isLast = typed.trim() !== '' && value.at(-1) === typed.trim();
  const items = isLast ? value.slice(0, -1) : [...value];
  const takes = (text: string) =>
    text !== '' && items.length < maxTags && (props.allowDuplicates === true || !items.includes(text));
  return (
    <TagsInput
      // Items that differ in case are different ones.
      isDuplicate={(text, others) => others.includes(text)}
      {...props}
      maxTags={maxTags}
      splitChars={SPLIT}
      value={items}
      onChange={onChange}
      searchValue={typed}
      onSearchChange={(text) => {
        setTyped(text);
        if (text.trim() === typed.trim()) return;
        onChange(takes(text.trim()) ? [...items, text.trim()] : items);
      }}
    />
  );
}

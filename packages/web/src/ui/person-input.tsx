import { Autocomplete, type AutocompleteProps } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { usePeople } from '../api/queries.js';

interface PersonInputProps extends Omit<AutocompleteProps, 'data' | 'onChange' | 'value'> {
  readonly value: string;
  readonly onChange: (name: string) => void;
  /** Names that are not suggested. */
  readonly except?: string;
}

/** A person's name, with those of the gallery suggested while one writes. */
export function PersonInput({ value, onChange, except, ...props }: PersonInputProps) {
  const [asked] = useDebouncedValue(value.trim(), 150);
  const people = usePeople(asked);
  const names = people.data?.pages[0]?.items.map((person) => person.name) ?? [];
  return (
    <Autocomplete
      {...props}
      data={names.filter((name) => name !== except)}
      value={value}
      onChange={onChange}
      limit={8}
      maxLength={200}
      autoComplete="off"
      comboboxProps={{ shadow: 'md' }}
    />
  );
}

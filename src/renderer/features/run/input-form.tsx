import { SchemaForm, type SchemaFormProps } from '../../ui/schema-form/schema-form.tsx';

/** The form of a command's input. */
export function InputForm(props: Omit<SchemaFormProps, 'name' | 'title' | 'none' | 'secretHint'>) {
  return (
    <SchemaForm
      name="input"
      title="Input"
      none="This command takes no input"
      secretHint="From the command’s defaults"
      {...props}
    />
  );
}

// A labelled input with its hint and its error, both read out with it.
import { useId, type ComponentProps } from 'react'

type FieldProps = ComponentProps<'input'> & {
  readonly label: string
  readonly hint?: string
  readonly error?: string | undefined
}

export function Field({ label, hint, error, ...input }: FieldProps) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input {...input} id={id} aria-invalid={error !== undefined} aria-describedby={`${id}-hint ${id}-error`} />
      <p id={`${id}-hint`} className="muted">
        {hint}
      </p>
      <p id={`${id}-error`} className="wrong">
        {error}
      </p>
    </div>
  )
}

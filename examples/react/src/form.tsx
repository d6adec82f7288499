// A form that keeps what was typed, whatever comes of sending it.
import type { ComponentProps } from 'react'

type FormProps = Omit<ComponentProps<'form'>, 'onSubmit' | 'action'> & {
  /** Told the texts by the names of their fields; empty ones are left out. */
  readonly send: (fields: Readonly<Record<string, string>>) => void
}

export function Form({ send, ...form }: FormProps) {
  return (
    <form
      {...form}
      onSubmit={(event) => {
        event.preventDefault()
        const entries = [...new FormData(event.currentTarget)]
        send(
          Object.fromEntries(
            entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== ''),
          ),
        )
      }}
    />
  )
}

// A form that one works in: if the session ends meanwhile, the text is there after the next login.
import { useUser } from '@latchkey/react'
import { useState } from 'react'
import { Form } from './form'

export function Notes() {
  // As one was when the page opened: the session may end while one writes.
  const [owner] = useState(useUser()?.id)
  const key = `draft:${owner}`
  const [text, setText] = useState(() => sessionStorage.getItem(key) ?? '')
  const [saved, setSaved] = useState('')

  const write = (draft: string) => {
    setText(draft)
    sessionStorage.setItem(key, draft)
  }
  const save = () => {
    sessionStorage.removeItem(key)
    setSaved(`Saved: ${text}`)
    setText('')
  }
  return (
    <main className="page narrow">
      <title>Notes · Latchkey</title>
      <h1>Notes</h1>
      <Form className="card" send={save}>
        <label htmlFor="note">Your note</label>
        <textarea id="note" rows={6} value={text} onChange={({ target }) => write(target.value)} required />
        <button>Save</button>
        <p role="status">{saved}</p>
      </Form>
    </main>
  )
}

// Who has an account, for admins: the route asks for the role, and so does the server.
import { isKyError } from 'ky'
import { useEffect, useState } from 'react'
import { http } from './auth'

type Person = { readonly id: string; readonly email: string; readonly role: string; readonly is_active: boolean }

export function Admin() {
  const [people, setPeople] = useState<readonly Person[]>([])
  const [failure, setFailure] = useState('')
  const load = async () => setPeople((await http.get('admin/users').json<{ readonly users: Person[] }>()).users)
  const attempt = (call: () => Promise<unknown>) =>
    void call().catch((error: unknown) => setFailure(isKyError(error) ? error.message : 'That did not work.'))
  // oxlint-disable-next-line react/exhaustive-deps -- once, when the page opens
  useEffect(() => attempt(load), [])
  const change = (id: string, json: object) => attempt(() => http.patch(`admin/users/${id}`, { json }).then(load))

  return (
    <main className="page">
      <title>Admin · Latchkey</title>
      <h1>Accounts</h1>
      {failure !== '' && (
        <p role="alert" className="wrong">
          {failure}
        </p>
      )}
      <div className="scroll" role="region" aria-label="Accounts" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Email</th>
              <th scope="col">Role</th>
              <th scope="col">State</th>
              <th scope="col">Change</th>
            </tr>
          </thead>
          <tbody>
            {people.map(({ id, email, role, is_active }) => (
              <tr key={id}>
                <th scope="row">{email}</th>
                <td>{role}</td>
                <td>{is_active ? 'active' : 'disabled'}</td>
                <td>
                  <button
                    className="quiet small"
                    aria-label={`${is_active ? 'Disable' : 'Enable'} ${email}`}
                    onClick={() => change(id, { is_active: !is_active })}
                  >
                    {is_active ? 'Disable' : 'Enable'}
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </main>
  )
}

// What a thousand mounts leave behind: nothing.
import { mount } from '@vue/test-utils'
import { expect, test, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import { useLogin, useLogout, useMfa, useRegister } from '../src/forms.js'
import { useIdleWarning } from '../src/idle.js'
import { createLatchkey, Show, useAuth, useCan, useRefreshState, useSession, useUser } from '../src/index.js'
import { ada, createHandMadeClient } from './hand-made-client.js'

const Everything = defineComponent(() => {
  const { status, refreshState, error } = useAuth()
  const refs = [useSession(), useUser(), useCan('x'), useRefreshState(), useIdleWarning()]
  const forms = [useLogin(), useRegister(), useMfa(), useLogout()]
  return () =>
    h(Show, { when: 'signed-in' }, () => [
      status.value,
      refreshState.value.status,
      error.value,
      refs.length,
      forms.length,
    ])
})

test('a thousand mounts and unmounts leave no listener behind', () => {
  const { client, grant, listeners, $refresh } = createHandMadeClient()
  let events = 0
  const on: typeof client.on = () => {
    events += 1
    return () => void (events -= 1)
  }
  const onWindow = vi.spyOn(window, 'addEventListener')
  const offWindow = vi.spyOn(window, 'removeEventListener')
  grant(ada)
  const mounted: number[][] = []
  for (let count = 0; count < 1000; count += 1) {
    const wrapper = mount(Everything, { global: { plugins: [createLatchkey({ ...client, on })] } })
    if (count === 0 || count === 999) mounted.push([listeners(), $refresh.lc, events])
    wrapper.unmount()
  }
  expect(mounted).toEqual([
    [5, 2, 1],
    [5, 2, 1],
  ])
  expect([listeners(), $refresh.lc, events]).toEqual([0, 0, 0])
  // The client alone listens to what people do.
  const deeds = (calls: readonly unknown[][]) => calls.filter(([type]) => type === 'wheel').length
  expect([deeds(onWindow.mock.calls), deeds(offWindow.mock.calls)]).toEqual([0, 0])
  vi.restoreAllMocks()
})

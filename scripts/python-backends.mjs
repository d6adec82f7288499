// Where a Python with FastAPI and Django is on this machine, and how to get one: the real backends of the profile laws run on it.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { userInfo } from 'node:os'
import { pathToFileURL } from 'node:url'

const modules = [
  'fastapi',
  'uvicorn',
  'jose',
  'multipart',
  'email_validator',
  'rest_framework_simplejwt',
  'corsheaders',
]
const packages = [
  'fastapi',
  'uvicorn',
  'jose',
  'multipart',
  'email-validator',
  'djangorestframework-simplejwt',
  'django-cors-headers',
].map((name) => `python3-${name}`)
const places = [process.env.PYTHON_PATH, '/usr/bin/python3', 'python3'].filter((place) => place !== undefined)

/** The path of a Python that has what the backends import, `PYTHON_PATH` first; null where there is none. */
export function findPython() {
  const hasAll = (python) => spawnSync(python, ['-c', `import ${modules.join(', ')}`], { stdio: 'ignore' }).status === 0
  return places.find(hasAll) ?? null
}

/**
 * Makes sure that there is one: installs Debian's packages as root.
 * @throws an error that says in one line what to do
 */
export function ensurePython() {
  const found = findPython()
  if (found !== null) return found
  if (userInfo().uid === 0 && existsSync('/usr/bin/apt-get')) {
    console.log('Not all of FastAPI and Django found: installing Debian’s packages.')
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    execFileSync('apt-get', ['update', '-q'], { stdio: 'inherit' })
    execFileSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], { stdio: 'inherit', env })
    const installed = findPython()
    if (installed !== null) return installed
  }
  throw new Error(
    'The laws of the Python backends need a Python 3.10 or later: run `pip install "fastapi<1" uvicorn python-jose python-multipart email-validator djangorestframework-simplejwt django-cors-headers`, or name one that has them in PYTHON_PATH, and run again.',
  )
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  console.log(ensurePython())

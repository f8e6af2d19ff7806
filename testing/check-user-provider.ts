import { deepStrictEqual, ok, strictEqual } from 'node:assert'
import { AppException, type Awaitable, type Call, type User, type UserProvider } from 'plinth'

/** Headers of a request by their names in lower case. */
export type SentHeaders = Readonly<Record<string, string>>

/** How `checkUserProvider` makes a provider, and what tells its users apart. */
export interface UserProviderCheck {
  readonly create: () => Awaitable<UserProvider>
  /** At least two users: what each sends, and the id it must have. */
  readonly users: readonly { readonly headers: SentHeaders; readonly id: string }[]
  /** The headers that the provider looks at, e.g. `authorization`. */
  readonly headers: readonly string[]
}

/**
 * Checks that a provider of users keeps the rules of `UserProvider`.
 * @throws {AssertionError} that says which rule is broken.
 */
export async function checkUserProvider({ create, users, headers }: UserProviderCheck): Promise<void> {
  ok(users.length >= 2, 'It takes two users to see that they are not mixed up.')
  const provider = await create()
  strictEqual(await provider.userOf(callWith({})), null, 'Nobody is signed in who sends nothing.')
  for (const { headers: sent, id } of users) {
    const user = await provider.userOf(callWith(sent))
    requireUser(user)
    strictEqual(user.id, id, 'Whoever sends credentials is who they belong to.')
    deepStrictEqual(await provider.userOf(callWith(sent)), user, 'The same credentials are the same user each time.')
  }
  await checkTogether(provider, users)
  for (const name of headers) for (const value of hostileValues) await checkHostile(provider, { [name]: value })
  for (const { headers: sent } of users) await checkDamaged(provider, sent)
  strictEqual(await provider.userOf(callWith({})), null, 'Nobody is remembered from one request to the next.')
}

function requireUser(user: User | null): asserts user is User {
  ok(user !== null, 'Credentials that are valid are somebody.')
  ok(typeof user.id === 'string' && user.id !== '' && user.id.length <= 255, 'An id is a text of 1 to 255 characters.')
  ok(Array.isArray(user.roles) && user.roles.every((role) => typeof role === 'string'), 'Roles are a list of texts.')
}

async function checkTogether(provider: UserProvider, users: UserProviderCheck['users']): Promise<void> {
  const many = Array.from({ length: 100 }, (_, index) => users[index % users.length]!)
  const found = await Promise.all(many.map(async ({ headers }) => (await provider.userOf(callWith(headers)))?.id))
  deepStrictEqual(
    found,
    many.map(({ id }) => id),
    'Requests at the same time are not mixed up.',
  )
}

const hostileValues = [
  '',
  ' ',
  'x',
  'Bearer',
  'Bearer ',
  'Basic !',
  'Bearer null',
  '\u00ff\u00fe',
  '%00',
  'x'.repeat(8000),
  '__proto__',
]

async function checkHostile(provider: UserProvider, headers: SentHeaders): Promise<void> {
  strictEqual(
    await outcomeOf(provider, headers),
    'nobody',
    `What is no credential is nobody: ${JSON.stringify(headers).slice(0, 60)}`,
  )
}

/** Nobody is let in by a part of what they should have sent. */
async function checkDamaged(provider: UserProvider, sent: SentHeaders): Promise<void> {
  for (const [name, value] of Object.entries(sent)) {
    if (value.length < 2) continue
    const cut = value.slice(0, Math.ceil(value.length / 2))
    strictEqual(await outcomeOf(provider, { [name]: cut }), 'nobody', 'Half of a credential is nobody.')
  }
}

async function outcomeOf(provider: UserProvider, headers: SentHeaders): Promise<'nobody' | 'somebody'> {
  try {
    return (await provider.userOf(callWith(headers))) === null ? 'nobody' : 'somebody'
  } catch (error) {
    ok(
      error instanceof AppException && error.statusCode === 401,
      'What is not valid is null, or an UnauthenticatedError.',
    )
    return 'nobody'
  }
}

function callWith(headers: SentHeaders): Call {
  const call: Call = {
    id: 'check',
    method: 'GET',
    path: '/',
    params: {},
    user: null,
    query: undefined,
    body: undefined,
    files: undefined,
    header: (name) => headers[name.toLowerCase()],
    with: ({ body }) => ({ ...call, body }),
  }
  return call
}

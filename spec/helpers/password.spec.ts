import { createHook } from 'node:async_hooks'
import { expect } from 'chai'
import {
  AppException,
  defaultPasswordCost,
  hashPassword,
  needsRehash,
  type PasswordCost,
  ServiceUnavailableError,
  UsageError,
  ValidationError,
  verifyPassword,
} from 'plinth'
import { describeWithData } from '../support/data.js'

const cheap: PasswordCost = { logN: 14, blockSize: 8, parallelism: 1 }
const phc = (ln: number, r: number, p: number, salt: Buffer, digest: Buffer): string =>
  `$scrypt$ln=${ln},r=${r},p=${p}$${unpadded(salt)}$${unpadded(digest)}`
const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '')
const tiny = phc(1, 1, 1, Buffer.from('salt'), Buffer.alloc(32))

async function rejection(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => expect.fail('it was not refused'),
    (error: unknown) => error,
  )
}

describe('hashPassword', () => {
  it('writes a PHC string of scrypt that verifies the password and no other', async () => {
    const stored = await hashPassword('correct horse', cheap)
    expect(stored).to.match(/^\$scrypt\$ln=14,r=8,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
    expect(await verifyPassword('correct horse', stored)).to.equal(true)
    const others = ['correct hors', 'correct horse ', 'Correct horse', '', 'correct horse\0']
    for (const other of others) expect(await verifyPassword(other, stored), other).to.equal(false)
  })

  it('costs 128 MiB unless told otherwise', async () => {
    expect(defaultPasswordCost).to.deep.equal({ logN: 17, blockSize: 8, parallelism: 1 })
    expect(await hashPassword('correct horse')).to.match(/^\$scrypt\$ln=17,r=8,p=1\$/)
  })

  it('salts, so that equal passwords are stored differently', async () => {
    const [one, other] = await Promise.all([hashPassword('same', cheap), hashPassword('same', cheap)])
    expect(one).not.to.equal(other)
  })

  it('takes every byte of a password, in the case and form it came in', async () => {
    const long = 'a'.repeat(1023)
    const stored = await hashPassword(`${long}b`, cheap)
    expect(await verifyPassword(`${long}b`, stored)).to.equal(true)
    expect(await verifyPassword(`${long}c`, stored)).to.equal(false)
    expect(await verifyPassword(long, stored)).to.equal(false)
    const composed = await hashPassword('\u00e9', cheap)
    expect(await verifyPassword('e\u0301', composed)).to.equal(false)
  })

  it('refuses no password, more than 1,024 bytes of one, and half characters', async () => {
    for (const [password, code] of [
      ['', 'PASSWORD_LENGTH'],
      ['a'.repeat(1025), 'PASSWORD_LENGTH'],
      ['€'.repeat(342), 'PASSWORD_LENGTH'],
      ['\ud800', 'PASSWORD_MALFORMED'],
      ['a\0', 'PASSWORD_MALFORMED'],
      [undefined as unknown as string, 'PASSWORD_MALFORMED'],
    ] as const) {
      const error = (await rejection(hashPassword(password, cheap))) as ValidationError
      expect(error).to.be.instanceOf(ValidationError)
      expect(error.errorCode).to.equal(code)
    }
    expect(await verifyPassword('€'.repeat(341), await hashPassword('€'.repeat(341), cheap))).to.equal(true)
  })

  it('refuses a cost that protects nothing, or that nobody can pay', async () => {
    const costs: PasswordCost[] = [
      { ...cheap, logN: 13 },
      { ...cheap, logN: 21 },
      { ...cheap, logN: 14.5 },
      { ...cheap, blockSize: 7 },
      { ...cheap, parallelism: 0 },
      { ...cheap, parallelism: 17 },
      { logN: 20, blockSize: 16, parallelism: 1 },
    ]
    for (const cost of costs) {
      for (const work of [hashPassword('a', cost), verifyPassword('a', null, cost)]) {
        expect(await rejection(work))
          .to.be.instanceOf(UsageError)
          .and.to.have.property('code', 'E_PASSWORD_COST')
      }
    }
  })

  it('never hashes more than two at once, so that threads are left for files and names', async () => {
    let running = 0
    let most = 0
    const requests = new Set<number>()
    const started = (id: number, type: string): void => {
      if (type !== 'SCRYPTREQUEST') return
      requests.add(id)
      running += 1
      most = Math.max(most, running)
    }
    const ended = (id: number): void => {
      if (requests.delete(id)) running -= 1
    }
    const hook = createHook({ init: started, before: ended }).enable()
    await Promise.all(Array.from({ length: 8 }, () => verifyPassword('a', tiny)))
    hook.disable()
    expect(most).to.equal(2)
  })

  it('turns away who would have to wait behind a hundred others', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 103 }, () => verifyPassword('a', tiny)))
    const refused = outcomes.filter((one) => one.status === 'rejected').map((one) => one.reason as AppException)
    expect(refused).to.have.lengthOf(1)
    expect(refused[0]).to.be.instanceOf(ServiceUnavailableError)
    expect(refused[0]).to.deep.include({ errorCode: 'PASSWORDS_BUSY', headers: { 'Retry-After': '5' } })
    expect(await verifyPassword('a', tiny)).to.equal(false)
  })
})

describe('verifyPassword', () => {
  it('knows a hash of another maker', async () => {
    // From the documentation of passlib: the password is "password".
    const stored = '$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E'
    expect(await verifyPassword('password', stored)).to.equal(true)
  })

  it('says no where there is no account, after the same work', async () => {
    let requests = 0
    const hook = createHook({ init: (_, type) => void (requests += type === 'SCRYPTREQUEST' ? 1 : 0) }).enable()
    expect(await verifyPassword('a', null, cheap)).to.equal(false)
    expect(await verifyPassword('a', undefined, cheap)).to.equal(false)
    hook.disable()
    expect(requests).to.equal(2)
  })

  it('does not hash what cannot be a password', async () => {
    for (const password of ['', 'a'.repeat(1_000_000), '\ud800', 5 as unknown as string]) {
      expect(await verifyPassword(password, tiny)).to.equal(false)
    }
  })

  it('refuses to take what is stored for a hash when it is none', async () => {
    const salt = Buffer.alloc(16, 1)
    const digest = Buffer.alloc(32, 2)
    const stored = [
      '',
      'password',
      '$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW',
      '$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$RdescudvJCsgt3ub+b4dWRWJTmaaJObG',
      phc(21, 1, 1, salt, digest),
      phc(20, 9, 1, salt, digest),
      phc(14, 8, 1, salt, digest).replace('ln=14', 'ln=014'),
      `${phc(14, 8, 1, salt, digest)}=`,
      `${phc(14, 8, 1, salt, digest)}\n`,
      // The same bytes, in a spelling nobody writes.
      phc(14, 8, 1, salt, digest).replace(/I$/, 'J'),
    ]
    for (const text of stored) {
      expect(await rejection(verifyPassword('a', text)), text)
        .to.be.instanceOf(UsageError)
        .and.to.have.property('code', 'E_PASSWORD_HASH')
      expect(needsRehash(text), text).to.equal(true)
    }
  })
})

describe('needsRehash', () => {
  it('says whether a hash was made at the cost of today', async () => {
    const stored = await hashPassword('a', cheap)
    expect(needsRehash(stored, cheap)).to.equal(false)
    expect(needsRehash(stored)).to.equal(true)
    expect(needsRehash(stored, { ...cheap, parallelism: 2 })).to.equal(true)
    expect(needsRehash(stored, { ...cheap, blockSize: 9 })).to.equal(true)
  })

  it('wants short salts and digests replaced', () => {
    expect(needsRehash(phc(17, 8, 1, Buffer.alloc(16), Buffer.alloc(32)))).to.equal(false)
    expect(needsRehash(phc(17, 8, 1, Buffer.alloc(15), Buffer.alloc(32)))).to.equal(true)
    expect(needsRehash(phc(17, 8, 1, Buffer.alloc(16), Buffer.alloc(31)))).to.equal(true)
  })
})

describeWithData('verifyPassword and RFC 7914', 'kdf', (data) => {
  const vector = /^N=(\d+) r=(\d+) p=(\d+) password="(.*)" salt="(.*)" key=([0-9a-f]+)$/gm

  it('verifies the vectors that have a password and a salt, and take less than a gibibyte', async () => {
    const vectors = [...data.text('rfc7914-scrypt.txt').matchAll(vector)]
    expect(vectors).to.have.lengthOf(4)
    const usable = vectors.filter(([, n, , , password]) => password !== '' && Number(n) < 2 ** 20)
    expect(usable).to.have.lengthOf(2)
    for (const [, n, r, p, password, salt, key] of usable) {
      const digest = Buffer.from(key!, 'hex')
      const stored = phc(Math.log2(Number(n)), Number(r), Number(p), Buffer.from(salt!), digest)
      expect(await verifyPassword(password!, stored)).to.equal(true)
      expect(await verifyPassword(`${password}.`, stored)).to.equal(false)
    }
  })
})

import { expect } from 'chai'
import * as fc from 'fast-check'
import { orderedUuid, parseUuid, type UuidVersion, validateUuid } from 'plinth'
import { describeWithData } from '../support/data.js'
import { refusal } from '../support/refusal.js'

const nil = '00000000-0000-0000-0000-000000000000'
const max = 'ffffffff-ffff-ffff-ffff-ffffffffffff'
const version4 = '919108f7-52d1-4320-9bac-f847db4148a8'
const version7 = '017f22e2-79b0-7cc3-98c4-dc0c0c07398f'

describe('validateUuid', () => {
  it('asks for a version, or one of several', () => {
    expect(validateUuid(version4, { version: 4 })).to.equal(true)
    expect(validateUuid(version4, { version: 7 })).to.equal(false)
    expect(validateUuid(version7, { version: [4, 7] })).to.equal(true)
    expect(validateUuid(version7, { version: [1, 4] })).to.equal(false)
    expect(validateUuid(version4)).to.equal(true)
  })

  it('takes NIL and MAX only where they are allowed, whatever the version', () => {
    expect([nil, max, max.toUpperCase()].map((one) => validateUuid(one))).to.deep.equal([false, false, false])
    expect(validateUuid(nil, { allowNil: true, version: 7 })).to.equal(true)
    expect(validateUuid(nil, { allowMax: true })).to.equal(false)
    expect(validateUuid(max.toUpperCase(), { allowMax: true })).to.equal(true)
    expect(validateUuid(max, { allowNil: true })).to.equal(false)
  })

  it('says no of what is not text', () => {
    for (const value of [undefined, null, 4, {}, [version4], { toString: () => version4 }, new String(version4)]) {
      expect(validateUuid(value)).to.equal(false)
      expect(parseUuid(value)).to.equal(undefined)
    }
  })

  it('refuses a version there is none of', () => {
    for (const version of [0, 9, 15, 4.5, '4']) {
      const message = refusal('E_UUID_VERSION', () => validateUuid(version4, { version: version as UuidVersion }))
      expect(message).to.equal(`UUIDs have the versions 1 to 8, not ${version}.`)
    }
    const several = refusal('E_UUID_VERSION', () =>
      validateUuid(version4, { version: [4, 9] as unknown as UuidVersion }),
    )
    expect(several).to.equal('UUIDs have the versions 1 to 8, not 4, 9.')
  })
})

describe('parseUuid', () => {
  it('gives the one spelling of every UUID there is, and is content with it', () => {
    const uuid = fc.uuid()
    fc.assert(
      fc.property(uuid, fc.func(fc.boolean()), (lower, isUpper) => {
        const mixed = lower.replace(/[a-f]/g, (letter, at: number) => (isUpper(at) ? letter.toUpperCase() : letter))
        expect(parseUuid(mixed)).to.equal(lower)
        expect(parseUuid(lower)).to.equal(lower)
      }),
    )
  })

  it('gives what was written in bytes back', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        fc.integer({ min: 1, max: 8 }),
        (random, version) => {
          const bytes = Buffer.from(random)
          bytes[6] = (version << 4) | (bytes[6]! & 0x0f)
          bytes[8] = 0x80 | (bytes[8]! & 0x3f)
          const text = bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
          const parsed = parseUuid(text, { version: version as UuidVersion })
          expect(Buffer.from(parsed!.replaceAll('-', ''), 'hex')).to.deep.equal(bytes)
        },
      ),
    )
  })

  it('is undefined for any text that is not one', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => parseUuid(text) === undefined))
  })
})

interface Vectors {
  readonly rfc9562: readonly { readonly uuid: string; readonly version: UuidVersion }[]
  readonly validity: readonly {
    readonly value: unknown
    readonly expectedValidate: boolean
    readonly expectedVersion?: number
  }[]
  readonly forms: readonly { readonly value: string; readonly note: string }[]
}

describeWithData('validateUuid and the published vectors', 'uuid', (data) => {
  it('knows the 8 examples of RFC 9562, and their versions', () => {
    const { rfc9562 } = data.json<Vectors>('vectors.json')
    expect(rfc9562).to.have.lengthOf(8)
    for (const { uuid, version } of rfc9562) {
      const right = [1, 2, 3, 4, 5, 6, 7, 8].filter((one) => validateUuid(uuid, { version: one as UuidVersion }))
      expect(right, uuid).to.deep.equal([version])
    }
  })

  it('agrees with all 312 rows of the validity table', () => {
    const { validity } = data.json<Vectors>('vectors.json')
    expect(validity).to.have.lengthOf(312)
    for (const { value, expectedValidate, expectedVersion } of validity) {
      expect(validateUuid(value, { allowNil: true, allowMax: true }), String(value)).to.equal(expectedValidate)
      const ordinary = expectedValidate && expectedVersion !== 0 && expectedVersion !== 15
      expect(validateUuid(value), String(value)).to.equal(ordinary)
      if (ordinary)
        expect(validateUuid(value, { version: expectedVersion as UuidVersion }), String(value)).to.equal(true)
    }
  })

  it('takes one of 14 unusual forms: upper case', () => {
    const { forms } = data.json<Vectors>('vectors.json')
    expect(forms).to.have.lengthOf(14)
    expect(forms.filter(({ value }) => validateUuid(value)).map(({ value }) => value)).to.deep.equal([
      '550E8400-E29B-41D4-A716-446655440000',
    ])
    expect(parseUuid('550E8400-E29B-41D4-A716-446655440000')).to.equal('550e8400-e29b-41d4-a716-446655440000')
  })
})

describe('orderedUuid', () => {
  const now = Date.now
  afterEach(() => {
    Date.now = now
  })

  it('makes UUIDs of version 7 that tell when they were made', () => {
    const before = Date.now()
    const made = Array.from({ length: 1000 }, () => orderedUuid())
    const after = Date.now()
    for (const id of made) {
      expect(validateUuid(id, { version: 7 }), id).to.equal(true)
      expect(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).to.be.within(before, after)
    }
    // 62 bits of each are chance.
    expect(new Set(made.map((id) => id.slice(19))).size).to.equal(1000)
  })

  it('makes each behind those before, however many a millisecond has, and where the clock goes back', () => {
    // Nothing that this process makes later is to be of another time.
    let instant = now()
    Date.now = () => instant
    const made: string[] = []
    for (const step of [0, 1, -1000, 0, 1003]) {
      instant += step
      for (let count = 0; count < 300; count++) made.push(orderedUuid())
    }
    expect(made.toSorted()).to.deep.equal(made)
    expect(new Set(made).size).to.equal(made.length)
    const instants = made.map((id) => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16))
    expect([...new Set(instants)]).to.deep.equal([instant - 4, instant - 3, instant])
  })
})

import { expect } from 'chai'
import { parseEntityTags } from '../../src/http/conditional/entity-tag.js'
import { parseIdempotencyKey } from '../../src/http/idempotency/idempotency-key.js'
import { describeWithData } from '../support/data.js'

/** A test of the working group of HTTP: lines of a header, and what they mean. */
interface Vector {
  readonly name: string
  readonly raw?: readonly string[]
  readonly header_type: 'item' | 'list' | 'dictionary'
  readonly must_fail?: boolean
  /** The value of an item, and its parameters. */
  readonly expected?: readonly [unknown, readonly unknown[]]
}

const files = ['string.json', 'item.json', 'number.json', 'key-generated.json'] as const

describeWithData('Strings of structured fields', 'structured-field-tests', (data) => {
  const items = () =>
    files
      .flatMap((file) => data.json<readonly Vector[]>(file))
      .filter(({ header_type: type, raw }) => type === 'item' && raw?.length === 1)
      .map((vector) => ({ ...vector, header: vector.raw![0]! }))

  it('are keys of requests where they have one to 255 characters and no parameters, as they are meant', () => {
    const strings = items().filter(({ header }) => header.trimStart().startsWith('"'))
    expect(strings.length).to.be.greaterThan(8)
    for (const { name, header, must_fail: fails, expected } of strings) {
      const [value, parameters] = expected ?? []
      const fits = typeof value === 'string' && value.length >= 1 && value.length <= 255 && parameters?.length === 0
      expect(parseIdempotencyKey(header), name).to.equal(!fails && fits ? value : undefined)
    }
  })

  it('that are malformed are no keys of requests', () => {
    const wrong = items().filter(
      ({ must_fail: fails, header }) => fails && !/^ *[\w*!#$%&'+.^`|~:/=-]+ *$/.test(header),
    )
    expect(wrong.length).to.be.greaterThan(5)
    for (const { name, header } of wrong) expect(parseIdempotencyKey(header), name).to.equal(undefined)
  })

  it('are read as entity tags without their escapes, which tags do not have, or not at all', () => {
    for (const { name, header } of items()) {
      const tags = parseEntityTags(header)
      if (tags === undefined || tags === '*') continue
      const members = tags.map(({ weak, opaque }) => `${weak ? 'W/' : ''}"${opaque}"`)
      expect(header.replace(/[ \t,]/g, ''), name).to.equal(members.join(''))
    }
  })
})

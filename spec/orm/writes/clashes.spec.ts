import { expect } from 'chai'
import type { EntityMetadata } from 'typeorm'
import { all, eq, isNull, not, type Predicate } from '../../../src/index.js'
import { mayClash } from '../../../src/orm/writes/by-statement/clashes.js'

const table = { name: 'Seat' } as EntityMetadata
const other = { name: 'History' } as EntityMetadata

const named = (name: string) => ({
  row: { name: 'the same', hidden: null },
  values: { name },
  absent: [{ metadata: table, where: all(eq('name', name), isNull('hidden')) }],
})

describe('Rows that are written by one statement', () => {
  const rows = [
    { name: 'a', room: 1, hidden: null },
    { name: 'b', room: 1, hidden: null },
    { name: 'a', room: 2, hidden: null },
  ]
  const clash = (whereOf: (row: (typeof rows)[number]) => Predicate, metadata = table) =>
    mayClash(
      table,
      rows.map((row) => ({ row, values: {}, absent: [{ metadata, where: whereOf(row) }] })),
    )

  it('are in each other’s way where one is what must not be there for another', () => {
    expect(clash(({ name }) => eq('name', name))).to.equal(true)
    expect(clash(({ name, room }) => all(all(eq('room', room)), eq('name', name), isNull('hidden')))).to.equal(false)
    expect(clash(({ room }) => all(eq('room', room), isNull('hidden')))).to.equal(true)
    expect(clash(({ name }) => all(eq('name', name), not(isNull('hidden'))))).to.equal(false)
  })

  it('are looked at with what is proposed for them', () => {
    expect(mayClash(table, ['a', 'b', 'c'].map(named))).to.equal(false)
    expect(mayClash(table, ['a', 'b', 'a'].map(named))).to.equal(true)
  })

  it('are so, for all that is known, where no condition compares one property with a value', () => {
    expect(clash(() => not(isNull('name')))).to.equal(true)
  })

  it('are not where another table is asked, or nothing', () => {
    expect(clash(({ name }) => eq('name', name), other)).to.equal(false)
    expect(
      mayClash(
        table,
        rows.map((row) => ({ row, values: {}, absent: [] })),
      ),
    ).to.equal(false)
  })
})

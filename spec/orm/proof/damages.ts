import type { Engine } from '../../support/engines.js'

/** Something done to a schema by hand, what a start then says, and the statements it asks for where they are told. */
export interface Damage {
  readonly does: readonly string[]
  readonly says: readonly (readonly [code: string, problem: string])[]
  readonly asks?: readonly string[]
}

type Damages = Readonly<Record<string, Damage>>

const postgres: Damages = {
  'a check that is missing': {
    does: ['ALTER TABLE "product" DROP CONSTRAINT "CHK_e49b657d545da05f386c628490"'],
    says: [['E_SCHEMA_CHECK', `the table "product" has no check that jsonb_typeof("settings") = 'object'.`]],
    asks: [
      `ALTER TABLE "product" ADD CONSTRAINT "CHK_e49b657d545da05f386c628490" CHECK (jsonb_typeof("settings") = 'object')`,
    ],
  },
  'a check that was never asked of the rows there were': {
    does: [
      'ALTER TABLE "product" DROP CONSTRAINT "CHK_e49b657d545da05f386c628490"',
      `ALTER TABLE "product" ADD CONSTRAINT "CHK_e49b657d545da05f386c628490" CHECK (jsonb_typeof("settings") = 'object') NOT VALID`,
    ],
    says: [['E_SCHEMA_CHECK', `the table "product" has no check that jsonb_typeof("settings") = 'object'.`]],
    asks: [
      'ALTER TABLE "product" DROP CONSTRAINT "CHK_e49b657d545da05f386c628490"',
      `ALTER TABLE "product" ADD CONSTRAINT "CHK_e49b657d545da05f386c628490" CHECK (jsonb_typeof("settings") = 'object')`,
    ],
  },
  'a column that is missing': {
    does: ['ALTER TABLE "product" DROP COLUMN "rank"'],
    says: [
      ['E_SCHEMA_COLUMN', 'the table "product" has no column "rank" (integer).'],
      ['E_SCHEMA_INDEX', 'the table "product" has no index over "rank".'],
    ],
    asks: [
      'ALTER TABLE "product" ADD "rank" integer',
      'CREATE INDEX "IDX_e28511972d1078b569aacb4496" ON "product"  ("rank")',
    ],
  },
  'a column that may be null': {
    does: ['ALTER TABLE "product" ALTER COLUMN "updatedAt" DROP NOT NULL'],
    says: [
      [
        'E_SCHEMA_COLUMN',
        'the column "updatedAt" of "product" is TIMESTAMP(3) WITH TIME ZONE and must be TIMESTAMP(3) WITH TIME ZONE NOT NULL.',
      ],
    ],
    asks: ['ALTER TABLE "product" ALTER COLUMN "updatedAt" SET NOT NULL'],
  },
  'instants of another precision': {
    does: [
      'ALTER TABLE "product" DROP COLUMN "isDeleted"',
      'ALTER TABLE "product" ALTER COLUMN "deletedAt" TYPE timestamptz(6)',
      'ALTER TABLE "product" ADD "isDeleted" boolean GENERATED ALWAYS AS (CASE WHEN "deletedAt" IS NOT NULL THEN TRUE ELSE FALSE END) STORED NOT NULL',
    ],
    says: [
      [
        'E_SCHEMA_COLUMN',
        'the column "deletedAt" of "product" is TIMESTAMP(6) WITH TIME ZONE and must be TIMESTAMP(3) WITH TIME ZONE.',
      ],
    ],
  },
  'a default that is missing': {
    does: ['ALTER TABLE "product" ALTER COLUMN "weight" DROP DEFAULT'],
    says: [
      [
        'E_SCHEMA_COLUMN',
        'the column "weight" of "product" is integer NOT NULL and must be integer NOT NULL DEFAULT \'7\'.',
      ],
    ],
    asks: ['ALTER TABLE "product" ALTER COLUMN "weight" SET DEFAULT \'7\''],
  },
  'a text that is too short': {
    does: ['ALTER TABLE "product" ALTER COLUMN "code" TYPE varchar(10)'],
    says: [
      [
        'E_SCHEMA_COLUMN',
        'the column "code" of "product" is character varying(10) NOT NULL and must be character varying(20) NOT NULL.',
      ],
    ],
    asks: ['ALTER TABLE "product" ALTER COLUMN "code" TYPE character varying(20) USING "code"::character varying(20)'],
  },
  'a column that is computed otherwise': {
    does: [
      'ALTER TABLE "product" DROP COLUMN "isDeleted"',
      'ALTER TABLE "product" ADD "isDeleted" boolean GENERATED ALWAYS AS ("deletionId" IS NOT NULL) STORED NOT NULL',
    ],
    says: [
      [
        'E_SCHEMA_COLUMN',
        'the column "isDeleted" of "product" is boolean GENERATED ALWAYS AS (("deletionId" IS NOT NULL)) STORED and must be boolean GENERATED ALWAYS AS (CASE WHEN ("deletedAt" IS NOT NULL) THEN TRUE ELSE FALSE END) STORED.',
      ],
    ],
  },
  'a column that is not computed': {
    does: [
      'ALTER TABLE "product" DROP COLUMN "isDeleted"',
      'ALTER TABLE "product" ADD "isDeleted" boolean NOT NULL DEFAULT false',
    ],
    says: [
      [
        'E_SCHEMA_COLUMN',
        'the column "isDeleted" of "product" is boolean NOT NULL DEFAULT false and must be boolean GENERATED ALWAYS AS (CASE WHEN ("deletedAt" IS NOT NULL) THEN TRUE ELSE FALSE END) STORED.',
      ],
    ],
  },
  'a unique index over other rows': {
    does: [
      'DROP INDEX "IDX_6c7ca018dccd9828ca1589a868"',
      'CREATE UNIQUE INDEX "IDX_6c7ca018dccd9828ca1589a868" ON "product" ("code") WHERE "deletionId" IS NULL',
    ],
    says: [
      [
        'E_SCHEMA_INDEX',
        'the table "product" has no unique index over "code" where ("deletedAt" IS NULL); "IDX_6c7ca018dccd9828ca1589a868" is another.',
      ],
    ],
  },
  'a unique index over all rows': {
    does: [
      'DROP INDEX "IDX_6c7ca018dccd9828ca1589a868"',
      'CREATE UNIQUE INDEX "IDX_6c7ca018dccd9828ca1589a868" ON "product" ("code")',
    ],
    says: [
      [
        'E_SCHEMA_INDEX',
        'the table "product" has no unique index over "code" where ("deletedAt" IS NULL); "IDX_6c7ca018dccd9828ca1589a868" is another.',
      ],
    ],
  },
  'a unique index of before over all rows': {
    does: ['CREATE UNIQUE INDEX "old" ON "product" ("code")'],
    says: [
      ['E_SCHEMA_INDEX', 'the unique index "old" of "product" over "code" covers more rows than are to be unique.'],
    ],
  },
  'a unique constraint of before over all rows': {
    does: ['ALTER TABLE "product" ADD CONSTRAINT "old" UNIQUE ("code")'],
    says: [
      ['E_SCHEMA_INDEX', 'the unique index "old" of "product" over "code" covers more rows than are to be unique.'],
    ],
    asks: ['ALTER TABLE "product" DROP CONSTRAINT "old"'],
  },
  'a collation that takes different texts for equal': {
    does: [
      `CREATE COLLATION "loose" (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`,
      'ALTER TABLE "product" ALTER COLUMN "code" TYPE varchar(20) COLLATE "loose"',
    ],
    says: [
      [
        'E_SCHEMA_COLUMN',
        'the column "code" of "product" is character varying(20) NOT NULL COLLATE loose and must be character varying(20) NOT NULL.',
      ],
    ],
    asks: [
      'ALTER TABLE "product" ALTER COLUMN "code" TYPE character varying(20) COLLATE "default" USING "code"::character varying(20)',
    ],
  },
  'such a collation of a column of its own': {
    does: ['ALTER TABLE "product" ALTER COLUMN "title" TYPE varchar(40) COLLATE "loose"'],
    says: [
      [
        'E_SCHEMA_COLUMN',
        'the column "title" of "product" is character varying(40) NOT NULL COLLATE loose and must be character varying(40) NOT NULL.',
      ],
    ],
  },
  'a declared collation that is another': {
    does: ['ALTER TABLE "product" ALTER COLUMN "sign" TYPE varchar(20) COLLATE "default"'],
    says: [
      [
        'E_SCHEMA_COLUMN',
        'the column "sign" of "product" is character varying(20) COLLATE default and must be character varying(20) COLLATE C.',
      ],
    ],
    asks: [
      'ALTER TABLE "product" ALTER COLUMN "sign" TYPE character varying(20) COLLATE "C" USING "sign"::character varying(20)',
    ],
  },
  'a declared collation beside another length': {
    does: ['ALTER TABLE "product" ALTER COLUMN "sign" TYPE varchar(10) COLLATE "C"'],
    says: [
      ['E_SCHEMA_COLUMN', 'the column "sign" of "product" is character varying(10) and must be character varying(20).'],
    ],
    asks: [
      'ALTER TABLE "product" ALTER COLUMN "sign" TYPE character varying(20) COLLATE "C" USING "sign"::character varying(20)',
    ],
  },
  'a unique index that compares otherwise': {
    does: [
      'DROP INDEX "IDX_6c7ca018dccd9828ca1589a868"',
      'CREATE UNIQUE INDEX "IDX_6c7ca018dccd9828ca1589a868" ON "product" ("code" COLLATE "loose") WHERE "deletedAt" IS NULL',
    ],
    says: [
      [
        'E_SCHEMA_INDEX',
        'the table "product" has no unique index over "code" where ("deletedAt" IS NULL); "IDX_6c7ca018dccd9828ca1589a868" is another.',
      ],
    ],
  },
  'an index over columns in another order': {
    does: [
      'DROP INDEX "IDX_46a8b3b32ed64c73ccc5f958ac"',
      'CREATE INDEX "IDX_46a8b3b32ed64c73ccc5f958ac" ON "product" ("weight", "note")',
    ],
    says: [
      [
        'E_SCHEMA_INDEX',
        'the table "product" has no index over "note", "weight"; "IDX_46a8b3b32ed64c73ccc5f958ac" is another.',
      ],
    ],
  },
  'a foreign key that is missing': {
    does: ['ALTER TABLE "product" DROP CONSTRAINT "FK_93812dfc45e39cd96c3a1c509b8"'],
    says: [['E_SCHEMA_RELATION', 'the table "product" has no foreign key from "makerId" to "maker".']],
    asks: [
      'ALTER TABLE "product" ADD CONSTRAINT "FK_93812dfc45e39cd96c3a1c509b8" FOREIGN KEY ("makerId") REFERENCES "maker"("id") ON DELETE NO ACTION ON UPDATE NO ACTION',
    ],
  },
  'a table that is missing': {
    does: ['DROP TABLE "product"'],
    says: [
      ['E_SCHEMA_TABLE', 'the table "product" does not exist.'],
      ['E_SCHEMA_RELATION', 'the table "product" has no foreign key from "makerId" to "maker".'],
    ],
  },
}

const mariadb: Damages = {
  'a column that is missing': {
    does: ['ALTER TABLE `product` DROP COLUMN `rank`'],
    says: [
      ['E_SCHEMA_COLUMN', 'the table "product" has no column "rank" (int).'],
      ['E_SCHEMA_INDEX', 'the table "product" has no index over "rank".'],
    ],
    asks: [
      'ALTER TABLE `product` ADD `rank` int NULL',
      'CREATE INDEX `IDX_e28511972d1078b569aacb4496` ON `product` (`rank`)',
    ],
  },
  'a column that may be null': {
    does: ['ALTER TABLE `product` MODIFY COLUMN `updatedAt` datetime(3) NULL'],
    says: [['E_SCHEMA_COLUMN', 'the column "updatedAt" of "product" is datetime(3) and must be datetime(3) NOT NULL.']],
    asks: ['ALTER TABLE `product` MODIFY COLUMN `updatedAt` datetime(3) NOT NULL'],
  },
  'instants of another precision': {
    does: ['ALTER TABLE `product` MODIFY COLUMN `deletedAt` datetime NULL'],
    says: [['E_SCHEMA_COLUMN', 'the column "deletedAt" of "product" is datetime(0) and must be datetime(3).']],
    asks: ['ALTER TABLE `product` MODIFY COLUMN `deletedAt` datetime(3) NULL'],
  },
  'a default that is missing': {
    does: ['ALTER TABLE `product` ALTER COLUMN `weight` DROP DEFAULT'],
    says: [
      ['E_SCHEMA_COLUMN', 'the column "weight" of "product" is int NOT NULL and must be int NOT NULL DEFAULT \'7\'.'],
    ],
    asks: ["ALTER TABLE `product` MODIFY COLUMN `weight` int NOT NULL DEFAULT '7'"],
  },
  'a text that is too short': {
    does: ['ALTER TABLE `product` MODIFY COLUMN `code` varchar(10) NOT NULL'],
    says: [
      ['E_SCHEMA_COLUMN', 'the column "code" of "product" is varchar(10) NOT NULL and must be varchar(20) NOT NULL.'],
    ],
    asks: ['ALTER TABLE `product` MODIFY COLUMN `code` varchar(20) NOT NULL'],
  },
  'a column that is computed otherwise': {
    does: ['ALTER TABLE `product` MODIFY COLUMN `isDeleted` boolean AS (`deletionId` IS NOT NULL) STORED'],
    says: [
      [
        'E_SCHEMA_COLUMN',
        'the column "isDeleted" of "product" is tinyint GENERATED ALWAYS AS (`deletionId` is not null) STORED and must be tinyint GENERATED ALWAYS AS (CASE WHEN (`deletedAt` IS NOT NULL) THEN TRUE ELSE FALSE END) STORED.',
      ],
    ],
  },
  'a marker of other rows': {
    does: [
      'ALTER TABLE `product` MODIFY COLUMN `visibleProduct` boolean AS (CASE WHEN `deletionId` IS NULL THEN TRUE END) STORED',
    ],
    says: [
      [
        'E_SCHEMA_COLUMN',
        'the column "visibleProduct" of "product" is tinyint GENERATED ALWAYS AS (case when `deletionId` is null then 1 end) STORED and must be tinyint GENERATED ALWAYS AS (CASE WHEN (`deletedAt` IS NULL) THEN TRUE END) STORED.',
      ],
    ],
  },
  'a unique index without the marker': {
    does: [
      'ALTER TABLE `product` DROP INDEX `IDX_2111bbea4424f4ed50645fd3a1`, ADD UNIQUE INDEX `IDX_2111bbea4424f4ed50645fd3a1` (`code`)',
    ],
    says: [
      [
        'E_SCHEMA_INDEX',
        'the table "product" has no unique index over "code", "visibleProduct"; "IDX_2111bbea4424f4ed50645fd3a1" is another.',
      ],
    ],
  },
  'a unique index of before over all rows': {
    does: ['CREATE UNIQUE INDEX `old` ON `product` (`code`)'],
    says: [
      ['E_SCHEMA_INDEX', 'the unique index "old" of "product" over "code" covers more rows than are to be unique.'],
    ],
    asks: ['DROP INDEX `old` ON `product`'],
  },
  'a declared collation that is another': {
    does: [
      'ALTER TABLE `product` MODIFY COLUMN `sign` varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NULL',
    ],
    says: [
      [
        'E_SCHEMA_COLUMN',
        'the column "sign" of "product" is varchar(20) COLLATE utf8mb4_general_ci and must be varchar(20) COLLATE utf8mb4_nopad_bin.',
      ],
    ],
    asks: [
      'ALTER TABLE `product` MODIFY COLUMN `sign` varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NULL',
    ],
  },
  'a unique index that is only an index': {
    does: [
      'ALTER TABLE `product` DROP INDEX `IDX_2111bbea4424f4ed50645fd3a1`, ADD INDEX `other` (`code`, `visibleProduct`)',
    ],
    says: [['E_SCHEMA_INDEX', 'the table "product" has no unique index over "code", "visibleProduct".']],
  },
  'a foreign key that is missing': {
    does: ['ALTER TABLE `product` DROP FOREIGN KEY `FK_93812dfc45e39cd96c3a1c509b8`'],
    says: [['E_SCHEMA_RELATION', 'the table "product" has no foreign key from "makerId" to "maker".']],
  },
  'a table that is missing': {
    does: ['DROP TABLE `product`'],
    says: [
      ['E_SCHEMA_TABLE', 'the table "product" does not exist.'],
      ['E_SCHEMA_RELATION', 'the table "product" has no foreign key from "makerId" to "maker".'],
    ],
  },
}

/** SQLite cannot alter a column, so its table is made anew with one part of its statement replaced. */
const remade = (from: string, to: string): readonly string[] => [
  'PRAGMA writable_schema = ON',
  `UPDATE "sqlite_master" SET "sql" = replace("sql", '${from.replaceAll("'", "''")}', '${to.replaceAll("'", "''")}') WHERE "name" = 'product'`,
  'PRAGMA writable_schema = RESET',
]

const hexadecimal = '[0-9a-f]'
const uuid = [8, 4, 4, 4, 12].map((length) => hexadecimal.repeat(length)).join('-')

const sqlite: Damages = {
  'a check that is missing': {
    does: remade(`, CONSTRAINT "CHK_85a2888f407665d7d956c35415" CHECK ("id" GLOB '${uuid}')`, ''),
    says: [['E_SCHEMA_CHECK', `the table "product" has no check that ${`"id" GLOB '${uuid}'`.slice(0, 80)}….`]],
  },
  'a check of something else': {
    does: remade(`json_type("settings") = 'object'`, `json_type("settings") = 'array'`),
    says: [
      [
        'E_SCHEMA_CHECK',
        `the table "product" has no check that json_valid("settings") AND json_type("settings") = 'object'.`,
      ],
    ],
  },
  'a column that is missing': {
    does: ['DROP INDEX "IDX_e28511972d1078b569aacb4496"', 'ALTER TABLE "product" DROP COLUMN "rank"'],
    says: [
      ['E_SCHEMA_COLUMN', 'the table "product" has no column "rank" (integer).'],
      ['E_SCHEMA_INDEX', 'the table "product" has no index over "rank".'],
    ],
  },
  'a column that may be null': {
    does: remade('"updatedAt" datetime NOT NULL', '"updatedAt" datetime'),
    says: [['E_SCHEMA_COLUMN', 'the column "updatedAt" of "product" is datetime and must be datetime NOT NULL.']],
  },
  'a default that is missing': {
    does: remade(' DEFAULT (7)', ''),
    says: [
      [
        'E_SCHEMA_COLUMN',
        'the column "weight" of "product" is integer NOT NULL and must be integer NOT NULL DEFAULT 7.',
      ],
    ],
  },
  'a text that is too short': {
    does: remade('"code" varchar(20)', '"code" varchar(10)'),
    says: [
      ['E_SCHEMA_COLUMN', 'the column "code" of "product" is varchar(10) NOT NULL and must be varchar(20) NOT NULL.'],
    ],
  },
  'a column that is computed otherwise': {
    does: remade('CASE WHEN ("deletedAt" IS NOT NULL)', 'CASE WHEN ("deletionId" IS NOT NULL)'),
    says: [
      [
        'E_SCHEMA_COLUMN',
        'the column "isDeleted" of "product" is boolean GENERATED ALWAYS AS (CASE WHEN ("deletionId" IS NOT NULL) THEN 1 ELSE 0 END) STORED and must be boolean GENERATED ALWAYS AS (CASE WHEN ("deletedAt" IS NOT NULL) THEN 1 ELSE 0 END) STORED.',
      ],
    ],
  },
  'a unique index over other rows': {
    does: [
      'DROP INDEX "IDX_6c7ca018dccd9828ca1589a868"',
      'CREATE UNIQUE INDEX "IDX_6c7ca018dccd9828ca1589a868" ON "product" ("code") WHERE "deletionId" IS NULL',
    ],
    says: [
      [
        'E_SCHEMA_INDEX',
        'the table "product" has no unique index over "code" where ("deletedAt" IS NULL); "IDX_6c7ca018dccd9828ca1589a868" is another.',
      ],
    ],
    asks: [
      'DROP INDEX "IDX_6c7ca018dccd9828ca1589a868"',
      'CREATE UNIQUE INDEX "IDX_6c7ca018dccd9828ca1589a868" ON "product" ("code") WHERE ("deletedAt" IS NULL)',
    ],
  },
  'a unique index of before over all rows': {
    does: ['CREATE UNIQUE INDEX "old" ON "product" ("code")'],
    says: [
      ['E_SCHEMA_INDEX', 'the unique index "old" of "product" over "code" covers more rows than are to be unique.'],
    ],
    asks: ['DROP INDEX "old"'],
  },
  'a collation that takes different texts for equal': {
    does: remade('"code" varchar(20) NOT NULL', '"code" varchar(20) COLLATE NOCASE NOT NULL'),
    says: [
      [
        'E_SCHEMA_COLUMN',
        'the column "code" of "product" is varchar(20) NOT NULL COLLATE NOCASE and must be varchar(20) NOT NULL.',
      ],
    ],
  },
  'such a collation of a column of its own': {
    does: remade('"title" varchar(40) NOT NULL', '"title" varchar(40) NOT NULL COLLATE RTRIM'),
    says: [
      [
        'E_SCHEMA_COLUMN',
        'the column "title" of "product" is varchar(40) NOT NULL COLLATE RTRIM and must be varchar(40) NOT NULL.',
      ],
    ],
  },
  'a declared collation that is missing': {
    does: remade('"deletionId" varchar(36) COLLATE NOCASE', '"deletionId" varchar(36)'),
    says: [
      [
        'E_SCHEMA_COLUMN',
        'the column "deletionId" of "product" is varchar(36) COLLATE BINARY and must be varchar(36) COLLATE NOCASE.',
      ],
    ],
  },
  'a unique index that compares otherwise': {
    does: [
      'DROP INDEX "IDX_6c7ca018dccd9828ca1589a868"',
      'CREATE UNIQUE INDEX "IDX_6c7ca018dccd9828ca1589a868" ON "product" ("code" COLLATE NOCASE) WHERE ("deletedAt" IS NULL)',
    ],
    says: [
      [
        'E_SCHEMA_INDEX',
        'the table "product" has no unique index over "code" where ("deletedAt" IS NULL); "IDX_6c7ca018dccd9828ca1589a868" is another.',
      ],
    ],
  },
  'an index that is missing': {
    does: ['DROP INDEX "IDX_46a8b3b32ed64c73ccc5f958ac"'],
    says: [['E_SCHEMA_INDEX', 'the table "product" has no index over "note", "weight".']],
    asks: ['CREATE INDEX "IDX_46a8b3b32ed64c73ccc5f958ac" ON "product" ("note", "weight")'],
  },
  'a table that is missing': {
    does: ['DROP TABLE "product"'],
    says: [['E_SCHEMA_TABLE', 'the table "product" does not exist.']],
  },
}

/** What each engine lets be done to its schema. */
export const damages: Readonly<Record<Engine['name'], Damages>> = { postgres, mariadb, sqlite }

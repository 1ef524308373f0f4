// Narrows the types that the Supabase CLI makes to what a client has a right to and to the words that a column may hold, names
// what functions take and answer, and formats. Writes TypeScript. Reads JSON from stdin: {generated, answers,
// relations: {name: {select, insert, update}}, functions: [name], facts: {relation: {column: {is_never_null, words}}}}.
import { text } from "node:stream/consumers";
import ts from "typescript";

const { generated, answers, relations, functions, facts } = JSON.parse(await text(process.stdin));
const { factory } = ts;
const parse = (name, source) => ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true);
const nameOf = (member) => member.name.text;
const membersOf = (source, name) =>
    source.statements.find((each) => ts.isTypeAliasDeclaration(each) && each.name.text === name)?.type.members ?? [];
const problems = [];

const source = parse("generated.ts", generated);
const spoken = parse("answers.ts", answers);
const answered = new Set(membersOf(spoken, "Answers").map(nameOf));
const taken = new Set(
    membersOf(spoken, "Arguments").flatMap((each) => each.type.members.map((member) => `${nameOf(each)}.${nameOf(member)}`)),
);

/** The same property, its name without quotes where none are needed, with another type. */
function property(member, type) {
    const name = /^[A-Za-z_]\w*$/.test(nameOf(member)) ? factory.createIdentifier(nameOf(member)) : member.name;
    return factory.createPropertySignature(undefined, name, member.questionToken, type);
}

/** A type literal whose members are replaced, or left out where the answer is undefined. */
function literal(type, replace) {
    return factory.createTypeLiteralNode(
        type.members.flatMap((member) => {
            const replaced = replace(member);
            return replaced === undefined ? [] : [property(member, replaced)];
        }),
    );
}

/** A type as it is, formatted: no needless quotes, lists of names on one line. */
function unquoted(type) {
    if (ts.isTypeLiteralNode(type)) return literal(type, (member) => unquoted(member.type));
    return ts.isTupleTypeNode(type) ? ts.setEmitFlags(factory.createTupleTypeNode(type.elements), ts.EmitFlags.SingleLine) : type;
}

const never = () => factory.createKeywordTypeNode(ts.SyntaxKind.NeverKeyword);
const quoted = (text) => factory.createLiteralTypeNode(factory.createStringLiteral(text));
const isNull = (type) => ts.isLiteralTypeNode(type) && type.literal.kind === ts.SyntaxKind.NullKeyword;

/** The type of a column, with its words in place of any text, and without null where it never is: the CLI sees no further than
 * views of one table. */
function known(type, fact, isRead) {
    const parts = (ts.isUnionTypeNode(type) ? [...type.types] : [type]).flatMap((part) => {
        if (part.kind === ts.SyntaxKind.StringKeyword && fact.words?.length) return fact.words.map(quoted);
        return isNull(part) && isRead && fact.is_never_null ? [] : [part];
    });
    return parts.length === 1 ? parts[0] : factory.createUnionTypeNode(parts);
}

function only(type, columns, ofColumns, isRead) {
    if (!columns.length) return never();
    return literal(type, (member) => {
        const name = nameOf(member);
        return columns.includes(name) ? known(member.type, ofColumns[name], isRead) : undefined;
    });
}

/** What a client may embed: by columns that it may read, of a relation that it may read. */
function embeddable(type, own) {
    const texts = (list) => list.elements.map((element) => element.literal.text);
    const kept = type.elements.filter((relationship) => {
        const part = Object.fromEntries(relationship.members.map((member) => [nameOf(member), member.type]));
        const other = relations[part.referencedRelation.literal.text];
        return (
            other &&
            texts(part.columns).every((column) => own.select.includes(column)) &&
            texts(part.referencedColumns).every((column) => other.select.includes(column))
        );
    });
    const list = factory.createTupleTypeNode(kept.map(unquoted));
    return kept.length ? list : ts.setEmitFlags(list, ts.EmitFlags.SingleLine);
}

function relation(member) {
    const own = relations[nameOf(member)];
    if (!own) return undefined;
    return literal(member.type, (part) => {
        const columns = { Row: own.select, Insert: own.insert, Update: own.update }[nameOf(part)];
        if (columns) return only(part.type, columns, facts[nameOf(member)], nameOf(part) === "Row");
        return nameOf(part) === "Relationships" ? embeddable(part.type, own) : unquoted(part.type);
    });
}

const named = (name) => factory.createTypeReferenceNode(name);
const at = (type, name) => factory.createIndexedAccessTypeNode(type, quoted(name));

/** The CLI knows of an argument only that it is text: which words it takes stands in answers.ts. */
function taking(type, of) {
    if (!ts.isTypeLiteralNode(type)) return type;
    return literal(type, (member) => {
        const isText = /^\(?string\)?(\[\])?$/.test(member.type.getText());
        const isNamed = isText && taken.delete(`${of}.${nameOf(member)}`);
        return isNamed ? at(at(named("Arguments"), of), nameOf(member)) : unquoted(member.type);
    });
}

/** The CLI knows of jsonb only that it is JSON: what is in it stands in answers.ts. */
function callable(member) {
    if (!functions.includes(nameOf(member))) return undefined;
    if (!ts.isTypeLiteralNode(member.type)) return member.type;
    return literal(member.type, (part) => {
        if (nameOf(part) === "Args") return taking(part.type, nameOf(member));
        if (nameOf(part) !== "Returns" || part.type.getText() !== "Json") return unquoted(part.type);
        if (!answered.delete(nameOf(member))) problems.push(`does not say what ${nameOf(member)} answers`);
        return at(named("Answers"), nameOf(member));
    });
}

const narrow = { Tables: relation, Views: relation, Functions: callable };
const narrowed = literal(source.statements.find((each) => each.name?.text === "Database").type, (schema) =>
    literal(schema.type, (part) =>
        ts.isTypeLiteralNode(part.type) && narrow[nameOf(part)]
            ? literal(part.type, narrow[nameOf(part)])
            : unquoted(part.type),
    ),
);
for (const name of answered) problems.push(`speaks of ${name}, which is no function of public that answers JSON`);
for (const name of taken) problems.push(`speaks of ${name}, which is no argument that is a text`);
if (problems.length) {
    console.error(problems.map((problem) => `supabase/answers.ts ${problem}`).join("\n"));
    process.exit(1);
}

const print = (node) => ts.createPrinter().printNode(ts.EmitHint.Unspecified, node, source);
const parts = source.statements.map((each) =>
    each.name?.text === "Database" ? `export type Database = ${print(narrowed)};` : each.getText(),
);
console.log([answers.trim(), ...parts].join("\n\n"));

// Narrows the types that the Supabase CLI makes to what a client has a right to, names what functions answer, and formats.
// Reads JSON from stdin: {generated, answers, relations: {name: {select, insert, update}}, functions: [name]}. Writes TypeScript.
import { text } from "node:stream/consumers";
import ts from "typescript";

const { generated, answers, relations, functions } = JSON.parse(await text(process.stdin));
const { factory } = ts;
const parse = (name, source) => ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true);
const nameOf = (member) => member.name.text;
const membersOf = (source, name) =>
    source.statements.find((each) => ts.isTypeAliasDeclaration(each) && each.name.text === name)?.type.members ?? [];
const problems = [];

const source = parse("generated.ts", generated);
const answered = new Set(membersOf(parse("answers.ts", answers), "Answers").map(nameOf));

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
const only = (type, columns) =>
    columns.length ? literal(type, (member) => (columns.includes(nameOf(member)) ? member.type : undefined)) : never();

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
        if (columns) return only(part.type, columns);
        return nameOf(part) === "Relationships" ? embeddable(part.type, own) : unquoted(part.type);
    });
}

/** The CLI knows of jsonb only that it is JSON: what is in it stands in answers.ts. */
function callable(member) {
    if (!functions.includes(nameOf(member))) return undefined;
    if (!ts.isTypeLiteralNode(member.type)) return member.type;
    return literal(member.type, (part) => {
        if (nameOf(part) !== "Returns" || part.type.getText() !== "Json") return unquoted(part.type);
        if (!answered.delete(nameOf(member))) problems.push(`does not say what ${nameOf(member)} answers`);
        const name = factory.createLiteralTypeNode(factory.createStringLiteral(nameOf(member)));
        return factory.createIndexedAccessTypeNode(factory.createTypeReferenceNode("Answers"), name);
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
if (problems.length) {
    console.error(problems.map((problem) => `supabase/answers.ts ${problem}`).join("\n"));
    process.exit(1);
}

const print = (node) => ts.createPrinter().printNode(ts.EmitHint.Unspecified, node, source);
const parts = source.statements.map((each) =>
    each.name?.text === "Database" ? `export type Database = ${print(narrowed)};` : each.getText(),
);
console.log([answers.trim(), ...parts].join("\n\n"));

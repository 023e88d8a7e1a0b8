"""What stands beside a poll's files, for somebody who has never seen this program.

The text belongs to the format: whoever changes it changes `FORMAT` with it, because what was
published before must still be found whole.
"""

TEXT = """\
WHAT THIS IS

These are the files of one poll, published with its result. From them alone anybody can
repeat the count, and everybody who voted online can see that their sealed ballot is in the box.
They name nobody but the candidates.

THE FILES

poll.json      The question, the options or candidates (numbered from 1 in the order of the
               list), the method and its terms, how many were entitled and how many were checked
               off.
receipts.csv   The receipt of each sealed ballot in ascending order, and the link of the chain
               that it makes. There is no order of time in it.
ballots.csv    The ballots, opened and laid in a random order, those from paper among them: the
               numbers that each one names, in its order of preference where the method knows
               one. An empty place is a blank ballot. The number before it is its place in this
               list and no more.
ballots.blt    The same ballots as other counting programs read them. Elections only, and only
               where all ballots are in the list.
totals.csv     What was counted of papers that were not entered one by one. Only where there are
               such.
result.json    The result with all stages of the count.
README.txt     This text.
manifest.json  The SHA-256 of every other file.

IS MY BALLOT IN IT?

Look for your receipt in receipts.csv. It has 64 digits (0 to 9, a to f); spaces and capitals in
what you were shown do not matter. The receipt is the SHA-256 of your ballot as it was sealed.
It proves that the sealed ballot was in the box. It does not say what you voted, and cannot be
made to, so that nobody can demand a proof of it.

IS EVERYTHING RIGHT?

With the program, and without any database:

    manage.py verify_poll DIRECTORY

It repeats everything described here and names whatever does not agree. Compare the chain's head
and the SHA-256 of manifest.json that it prints with those that the poll's page shows, and with
those that were read out or written down at the close.

Without the program:

1. Compute the SHA-256 of each file, and compare it with manifest.json.

2. Compute the chain. Link 0 is the SHA-256 of the text

       kartei-board-1|IDENTITY|KEY

   with 'identity' and 'public_key' from poll.json. Every further link is the SHA-256 of the
   text

       LINK|RECEIPT

   with the link before it and the next receipt. All are written as 64 lowercase hexadecimal
   digits. The last one is 'chain_head' in poll.json. In Python:

       import csv, hashlib, json
       def sha(text): return hashlib.sha256(text.encode()).hexdigest()
       poll = json.load(open("poll.json"))
       link = sha(f"kartei-board-1|{poll['identity']}|{poll['public_key']}")
       for row in csv.DictReader(open("receipts.csv")):
           link = sha(f"{link}|{row['receipt']}")
           assert link == row["link"]
       assert link == poll["chain_head"]

3. Count the receipts: as many as 'checked_off_online'. Count the ballots, the 'papers' of
   totals.csv and 'invalid_papers': together as many as were checked off, and not more than
   'entitled'.

4. Compute the SHA-256 of 'seed': it is 'seed_commitment', which was published when the poll was
   opened. Where candidates stood equal and a lot decided, it was drawn with the text
   SEED|CHAIN_HEAD: each candidate is given the SHA-256 of that text, the occasion and the
   candidate's number, joined by '|', and the lowest comes first. The seed could not be changed
   after the opening, and what it would draw with depends on the last ballot in the box.

5. Count the ballots yourself, by hand or with another program, and compare with result.json.

WHAT THIS DOES NOT SHOW

That the list of opened ballots holds what the sealed ballots held rests on the tellers who
opened the box, and on the server on which they did.
"""

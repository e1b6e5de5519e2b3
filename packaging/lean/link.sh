#!/usr/bin/env bash
# Links a program with less than what is in Debian's archives: copies of those of C without tables for unwinding (no exception passes
# through C), and before them definitions in place of what left_out.txt names. Usage: link.sh FOLDER COMPILER ARGUMENTS... (a linking command)
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
list=$here/left_out.txt by_hand=$here/left_out.c out=$1
shift
mkdir -p "$out"
objects=()
archives=("$("$1" -print-file-name=libstdc++.a)") command=()
for argument in "$@"; do
  name=$(basename -- "$argument")
  if [[ $argument == /*.a && " libssl.a libcrypto.a libsqlite3.a libzstd.a libz.a " == *" $name "* ]]; then
    archives+=("$argument")
    objcopy --remove-section=.eh_frame --remove-section=.rela.eh_frame "$argument" "$out/$name"
    argument=$out/$name
  fi
  command+=("$argument")
done

# Lines of nm: "MEMBER:", then "VALUE SIZE KIND NAME" (VALUE KIND NAME where no size is known).
for archive in "${archives[@]}"; do
  echo "= $(basename "$archive")"
  nm -gS -t d --defined-only "$archive" 2>/dev/null
done | awk -v list="$list" -v by_hand="$by_hand" '
  BEGIN {
    while ((getline line <list) > 0) {
      words = split(line, word, " ")
      if (words < 3 || word[1] == "#") continue
      for (i = 3; i <= words; i++) {
        pattern[++patterns] = word[i]; gsub(/[.]/, "[.]", pattern[patterns]); gsub(/[*]/, ".*", pattern[patterns])
        archive_of[patterns] = word[1]; answer_of[patterns] = word[2]; written[patterns] = word[i]
      }
    }
    while ((getline line <by_hand) > 0) if (match(line, /[A-Za-z0-9_]+\(void\) \{/)) done[substr(line, RSTART, RLENGTH - 8)] = 1
    print "// Made by the build from left_out.txt.\nvoid abort(void) __attribute__((noreturn));"
  }
  $1 == "=" { archive = $2; next }
  /:$/ {
    member = substr($0, 1, length($0) - 1); fits = 0
    for (i = 1; i <= patterns && !fits; i++) if (archive_of[i] == archive && member ~ "^" pattern[i] "$") fits = i
    if (fits) used[fits] = 1
    next
  }
  !fits || NF < 3 || $NF !~ /^[A-Za-z_][A-Za-z0-9_]*$/ || done[$NF]++ { next }
  $(NF - 1) ~ /[VWu]/ { next }  # weak: whoever needs one takes the member, and what both define stops the link
  $(NF - 1) ~ /[Ti]/ {
    printf "long %s(void);\nlong %s(void) { %s }\n", $NF, $NF, answer_of[fits] == "never" ? "abort();" : "return " answer_of[fits] ";"; next
  }
  NF == 4 {  # of a table its end alone
    kept = $3 ~ /[DB]/ ? "" : "const "
    printf "extern %slong long %s[];\n%slong long %s[%d] = {0};\n", kept, $4, kept, $4, $4 ~ /_functions$/ ? 2 : int(($2 + 7) / 8)
  }
  END {
    for (i = 1; i <= patterns; i++) if (!used[i]) { printf "link.sh: %s has no member %s that is not left out already\n", archive_of[i], written[i] >"/dev/stderr"; failed = 1 }
    exit failed
  }' >"$out/left_out_members.c"

for source in "$out/left_out_members.c" "$by_hand"; do
  object=$out/$(basename "$source").o
  "$1" -x c -w -Os -fPIE -fno-builtin -ffunction-sections -fdata-sections -c "$source" -o "$object"
  objects+=("$object")
done
# Before the archives: what is defined is not looked for.
exec "${command[0]}" "${objects[@]}" "${command[@]:1}"

"""An archive of CSV files: looked over before anything in it is unpacked."""

import struct
import zipfile
from typing import IO

from django.utils.translation import gettext as _

from audit.tables.sources import PACKAGE, CannotImport, refuse_strangers

MOST_UNPACKED = 2 << 30
_MOST_DIRECTORY = 1 << 16  # bytes: a table of contents of a few files is far shorter
_END = struct.Struct("<4s4H2LH")
_END_SIGN, _LARGE_SIGN = b"PK\x05\x06", b"PK\x06\x07"
_LARGE_SIZE = 20
_IGNORED = ("__MACOSX/", ".DS_Store")


def opened(file: IO[bytes], size: int) -> zipfile.ZipFile:
    """The archive in `file`. Raises `CannotImport` where there is none that can be read.

    Its table of contents is measured first: a file that is nothing else would fill the memory.
    """
    _measure_directory(file, size)
    try:
        return zipfile.ZipFile(file)
    # zipfile raises NotImplementedError for archives of a later version than it knows.
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error) as error:
        raise CannotImport(_no_archive()) from error


def _measure_directory(file: IO[bytes], size: int) -> None:
    tail = min(size, _END.size + (1 << 16) + _LARGE_SIZE)
    file.seek(size - tail)
    data = file.read(tail)
    at = data.rfind(_END_SIGN)
    if at < 0 or len(data) - at < _END.size:
        raise CannotImport(_no_archive())
    _sign, _disk, _first, _here, _entries, directory, _offset, _comment = _END.unpack_from(data, at)
    is_large = data[max(at - _LARGE_SIZE, 0) :].startswith(_LARGE_SIGN)
    if is_large or data.count(_END_SIGN) != 1 or directory > _MOST_DIRECTORY:
        raise CannotImport(_("The archive has too many files in it."))
    file.seek(0)


def contents(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The files in the archive by their names, `datapackage.json` among them if it is there.

    They may lie in one folder. Raises `CannotImport` for names that no table has or that lead
    anywhere, for encryption, and for more than may be unpacked.
    """
    found: dict[str, zipfile.ZipInfo] = {}
    folders = set()
    for info in archive.infolist():
        if info.is_dir() or info.filename.startswith(_IGNORED[0]):
            continue
        folder, _slash, name = info.filename.rpartition("/")
        if name == _IGNORED[1]:
            continue
        folders.add(folder)
        _refuse_tricks(info, folder)
        if name in found:
            raise CannotImport(_("The archive has two files named %(name)s.") % {"name": name})
        found[name] = info
    if len(folders) > 1:
        raise CannotImport(_("The files of the archive lie in several folders."))
    if sum(info.file_size for info in found.values()) > MOST_UNPACKED:
        raise CannotImport(_("The archive holds more than can be taken in at once."))
    refuse_strangers(name for name in found if name != PACKAGE)
    if not found.keys() - {PACKAGE}:
        raise CannotImport(_("There is no CSV file in the archive."))
    return found


def _refuse_tricks(info: zipfile.ZipInfo, folder: str) -> None:
    if info.flag_bits & 0x1:
        raise CannotImport(_("The archive is encrypted; pack it without a password."))
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise CannotImport(_("The archive is packed in a way that is not known here."))
    if folder in ("..", ".") or "/" in folder or "\\" in info.filename or ":" in info.filename:
        raise CannotImport(_("A file of the archive has a path in its name."))


def _no_archive() -> str:
    return _("This is no archive that can be read: pack the CSV files as zip.")
